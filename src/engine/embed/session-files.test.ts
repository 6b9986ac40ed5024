import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Snapshot } from "../model.ts";
import { placeSessionFiles } from "./session-files.ts";

const GRAPH = Buffer.from("a graph");
const WEIGHTS = ["model.safetensors"];

test("the graph lies beside a hard link to the real weights, as the hub's cache has symbolic links", async (t) => {
  const { cache, snapshot, blob } = await hubCache(t);
  const graph = await placeSessionFiles(cache, snapshot, GRAPH, WEIGHTS);
  assert.deepEqual(await readFile(graph), GRAPH);
  const linked = await stat(join(dirname(graph), "model.safetensors"));
  assert.equal(linked.ino, (await stat(blob)).ino);
});

test("the folder names the model, and another revision has another one", async (t) => {
  const { cache, snapshot } = await hubCache(t);
  const first = dirname(await placeSessionFiles(cache, snapshot, GRAPH, WEIGHTS));
  const second = dirname(await placeSessionFiles(cache, { ...snapshot, revision: "2" }, GRAPH, WEIGHTS));
  assert.match(basename(dirname(first)), /^owner--repo-[0-9a-f]{16}$/);
  assert.equal(dirname(first), dirname(second));
  assert.notEqual(first, second);
});

test("many at once get the same files, and nothing temporary is left", async (t) => {
  const { cache, snapshot } = await hubCache(t);
  const place = (): Promise<string> => placeSessionFiles(cache, snapshot, GRAPH, WEIGHTS);
  const paths = await Promise.all(Array.from({ length: 20 }, place));
  assert.equal(new Set(paths).size, 1);
  assert.deepEqual((await readdir(dirname(paths[0]!))).toSorted(), ["graph.onnx", "model.safetensors"]);
});

test("weights that have changed on disk are linked anew", async (t) => {
  const { cache, snapshot, blob } = await hubCache(t);
  await placeSessionFiles(cache, snapshot, GRAPH, WEIGHTS);
  await rm(blob);
  await writeFile(blob, "other weights");
  const graph = await placeSessionFiles(cache, snapshot, GRAPH, WEIGHTS);
  assert.equal(await readFile(join(dirname(graph), "model.safetensors"), "utf8"), "other weights");
});

async function hubCache(t: TestContext): Promise<{ cache: string; snapshot: Snapshot; blob: string }> {
  const root = await mkdtemp(join(tmpdir(), "omniport-session-"));
  t.after(() => rm(root, { recursive: true }));
  const [cache, directory, blob] = ["cache", "snapshot", "blob"].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(directory);
  await writeFile(blob, "weights");
  await symlink(blob, join(directory, "model.safetensors"));
  return { cache, snapshot: { id: "owner/repo", directory, files: WEIGHTS, revision: "1" }, blob };
}
