import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { tinyModel } from "../chat/fixtures/tiny.ts";
import { derivedFolder } from "../derived-folder.ts";
import { tinyEncoder } from "../embed/fixtures/tiny.ts";
import type { EngineErrorCode } from "../errors.ts";
import { repoFolder } from "./cache.ts";
import { createInventory, type Inventory } from "./inventory.ts";
import type { Mirror } from "./wheel.ts";

const MIRROR: Mirror = {
  repo: "owner/mirrored",
  revision: "main",
  purpose: "chat",
  quantization: "Q4_1",
  package: "a-package",
  version: "1.0.0",
  wheelSha256: "e".repeat(64),
  wheelBytes: 1,
  directory: "a_package",
};
const GGUF = "owner/chat-GGUF";
const A = "a".repeat(40);
const B = "b".repeat(40);

interface House {
  readonly folder: string;
  readonly inventory: Inventory;
  /** Puts files into the cache as a download would, and lets `main` name the commit. */
  put(repo: string, commit: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** What there is of a repository in the hub's cache. */
  left(repo: string): Promise<readonly string[]>;
}

async function house(t: TestContext): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "omniport-inventory-"));
  t.after(() => rm(folder, { recursive: true }));
  const cacheDirectory = join(folder, "hub");
  return {
    folder,
    inventory: createInventory({
      cacheDirectory,
      ownCacheDirectory: join(folder, "own"),
      derivedCacheDirectory: join(folder, "derived"),
      mirrors: [MIRROR],
    }),
    async put(repo, commit, files) {
      const root = repoFolder(cacheDirectory, repo);
      for (const [path, content] of Object.entries(files)) {
        const hash = createHash("sha256").update(content).digest("hex");
        await write(join(root, "blobs", hash), content);
        const pointer = join(root, "snapshots", commit, path);
        await mkdir(dirname(pointer), { recursive: true });
        await symlink(join(root, "blobs", hash), pointer);
      }
      await write(join(root, "refs", "main"), commit);
    },
    async left(repo) {
      const found = await readdir(repoFolder(cacheDirectory, repo), { recursive: true }).catch(() => []);
      return found.filter((path) => /^snapshots.*\.|^refs./.test(path)).toSorted();
    },
  };
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const fails = (code: EngineErrorCode) => (error: unknown) =>
  error instanceof Error && "code" in error && error.code === code;

const names = async (inventory: Inventory): Promise<readonly string[]> =>
  (await inventory.cached()).map(({ name }) => name).toSorted();

test("one quantisation is removed, and what only it needed; the other stays whole", async (t) => {
  const { folder, inventory, put, left } = await house(t);
  await put(GGUF, A, { "config.json": "{}", "chat-Q4_K_M.gguf": "four", "chat-Q8_0.gguf": "eighty" });
  await write(join(derivedFolder(join(folder, "derived"), { id: GGUF, revision: A }), "graph.onnx"), "x");
  assert.equal(await inventory.remove(`${GGUF}:q8_0`), "eighty".length);
  assert.deepEqual(await names(inventory), [`${GGUF}:Q4_K_M`]);
  assert.deepEqual(await left(GGUF), ["refs/main", `snapshots/${A}/chat-Q4_K_M.gguf`, `snapshots/${A}/config.json`]);
  await assert.rejects(inventory.remove(`${GGUF}:Q8_0`), fails("model_not_found"));
});

test("with the last quantisation the repository goes", async (t) => {
  const { folder, inventory, put } = await house(t);
  await put(GGUF, A, {
    "config.json": "{}",
    "chat-Q8_0-00001-of-00002.gguf": "1",
    "chat-Q8_0-00002-of-00002.gguf": "2",
  });
  await inventory.remove(`${GGUF}:Q8_0`);
  assert.deepEqual(await readdir(join(folder, "hub")), []);
});

test("a repository goes with all of its commits, and with what was made of them", async (t) => {
  const { folder, inventory, put } = await house(t);
  await put("owner/plain", A, { "config.json": "{}", "model.safetensors": "old" });
  await put("owner/plain", B, { "config.json": "{}", "model.safetensors": "new", "generation_config.json": "{}" });
  await put("owner/plainer", A, { "model.safetensors": "another" });
  const converted = join(derivedFolder(join(folder, "derived"), { id: "owner/plain", revision: B }), "Q8_0-v2.gguf");
  await write(converted, "converted");
  assert.equal(await inventory.remove("owner/plain"), "{}oldnewconverted".length);
  assert.deepEqual(await readdir(join(folder, "hub")), ["models--owner--plainer"]);
  assert.ok(!existsSync(converted));
});

test("one revision is removed; contents that another one has, too, stay", async (t) => {
  const { inventory, put, left } = await house(t);
  await put("owner/plain", A, { "config.json": "{}", "model.safetensors": "old" });
  await put("owner/plain", B, { "config.json": "{}", "model.safetensors": "new" });
  assert.equal(await inventory.remove(`owner/plain@${A}`), "old".length);
  assert.deepEqual(await left("owner/plain"), [
    "refs/main",
    `snapshots/${B}/config.json`,
    `snapshots/${B}/model.safetensors`,
  ]);
});

test("a conversion alone is removed by its quantisation", async (t) => {
  const { folder, inventory, put } = await house(t);
  await put("owner/plain", A, { "config.json": "{}", "generation_config.json": "{}", "model.safetensors": "weights" });
  const derived = derivedFolder(join(folder, "derived"), { id: "owner/plain", revision: A });
  await write(join(derived, "Q8_0-v2.gguf"), "eight");
  await write(join(derived, "Q4_0-v2.gguf"), "four");
  assert.equal(await inventory.remove("owner/plain:Q8_0"), "eight".length);
  assert.deepEqual(await readdir(derived), ["Q4_0-v2.gguf"]);
  assert.deepEqual(await names(inventory), ["owner/plain"]);
});

test("what came from elsewhere than the hub is listed, and removed", async (t) => {
  const { folder, inventory } = await house(t);
  const mirrored = join(folder, "own", "owner--mirrored", "e".repeat(12));
  await write(join(mirrored, "model-Q4_1.gguf"), "weights");
  assert.deepEqual(await names(inventory), ["owner/mirrored:Q4_1"]);
  await inventory.remove("owner/mirrored:Q4_1");
  assert.ok(!existsSync(mirrored));
});

test("nothing outside of the caches is removed, neither by a path nor behind a link", async (t) => {
  const { folder, inventory, put } = await house(t);
  const outside = join(folder, "outside");
  await write(join(outside, "chat-Q8_0.gguf"), "the user's own");
  await put("owner/linked", A, { "chat-Q4_0.gguf": "ours" });
  await symlink(outside, join(repoFolder(join(folder, "hub"), "owner/linked"), "snapshots", A, "extra"));
  await symlink(outside, repoFolder(join(folder, "hub"), "owner/link"));
  await inventory.remove("owner/linked");
  for (const name of [outside, "./outside", "/etc"])
    await assert.rejects(inventory.remove(name), fails("bad_request"), name);
  for (const name of ["../outside", "owner/..", "owner/a/b", ""])
    await assert.rejects(inventory.remove(name), fails("bad_request"), name);
  await assert.rejects(inventory.remove("owner/link"), fails("model_not_found"));
  assert.ok(existsSync(join(outside, "chat-Q8_0.gguf")));
});

test("a part of a download that was given up is removed, too", async (t) => {
  const { folder, inventory } = await house(t);
  const blobs = join(repoFolder(join(folder, "hub"), "owner/cut"), "blobs");
  await write(join(blobs, `${"c".repeat(64)}.incomplete`), "half");
  assert.equal(await inventory.remove("owner/cut"), "half".length);
  assert.deepEqual(await readdir(join(folder, "hub")), []);
});

test("a GGUF file tells its architecture, parameters, quantisation, context and template", async (t) => {
  const { folder, inventory } = await house(t);
  const { snapshot } = tinyModel("llama-3");
  const directory = join(folder, "own", "owner--mirrored", "e".repeat(12));
  await mkdir(directory, { recursive: true });
  await copyFile(join(snapshot.directory, "model.gguf"), join(directory, "model-Q4_1.gguf"));
  const { chatTemplate = "", parameters = 0, files, ...rest } = await inventory.describe("owner/mirrored");
  assert.match(chatTemplate, /\{%/);
  assert.ok(parameters > 10_000, String(parameters));
  const [{ size } = { size: 0 }] = files;
  assert.deepEqual(rest, {
    name: "owner/mirrored",
    purpose: "chat",
    directory,
    revision: MIRROR.wheelSha256,
    bytes: size,
    architecture: "llama",
    quantization: "Q4_1",
    contextTokens: 512,
  });
});

test("safetensors tell their parameters, config.json the rest, the model card the licence", async (t) => {
  const { folder, inventory, put } = await house(t);
  await put("owner/encoder", A, { "README.md": "---\nlanguage: en\nlicense: apache-2.0\n---\n# An encoder" });
  const { snapshot } = tinyEncoder("all-MiniLM");
  const directory = join(repoFolder(join(folder, "hub"), "owner/encoder"), "snapshots", A);
  for (const file of snapshot.files) {
    await mkdir(dirname(join(directory, file)), { recursive: true });
    await copyFile(join(snapshot.directory, file), join(directory, file));
  }
  const { parameters = 0, ...facts } = await inventory.describe("owner/encoder");
  assert.ok(parameters > 10_000, String(parameters));
  assert.deepEqual([facts.purpose, facts.architecture, facts.licence], ["embedding", "BertModel", "apache-2.0"]);
  assert.deepEqual([facts.revision, facts.directory, facts.contextTokens], [A, directory, 128]);
  await assert.rejects(inventory.describe("owner/none"), fails("model_not_found"));
});
