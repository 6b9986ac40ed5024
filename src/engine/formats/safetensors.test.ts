import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { tinyEncoder } from "../embed/fixtures/tiny.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { readTensorIndex } from "./weights.ts";

test("every tensor is found with its type, shape and place in the file", async () => {
  const tensors = await readTensorIndex(tinyEncoder("all-MiniLM").snapshot);
  assert.equal(tensors.has("__metadata__"), false);
  const { offset, ...rest } = tensors.get("embeddings.LayerNorm.weight")!;
  assert.deepEqual(rest, { file: "model.safetensors", dtype: "F32", shape: [48], byteLength: 192 });
  assert.equal(offset - tensors.get("embeddings.LayerNorm.bias")!.offset, 192);
});

test("shards are found by the index", async (t) => {
  const snapshot = await folder(t, {
    "model.safetensors.index.json": JSON.stringify({ weight_map: { a: "one.safetensors", b: "two.safetensors" } }),
    "one.safetensors": safetensors({ a: { dtype: "F16", shape: [2], data_offsets: [0, 4] } }, 4),
    "two.safetensors": safetensors({ b: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, 8),
  });
  const tensors = await readTensorIndex(snapshot);
  assert.deepEqual(
    [...tensors].map(([name, { file }]) => [name, file]),
    [
      ["a", "one.safetensors"],
      ["b", "two.safetensors"],
    ],
  );
});

const BROKEN: Readonly<Record<string, Buffer>> = {
  "an empty file": Buffer.alloc(0),
  "a page of HTML": Buffer.from("<!DOCTYPE html><title>Not found</title>"),
  "a header that is longer than the file": safetensors({}, 0).subarray(0, 9),
  "a header that is not JSON": Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{{")]),
  "a tensor beyond the end": safetensors({ a: { dtype: "F32", shape: [4], data_offsets: [0, 16] } }, 8),
  "a tensor whose shape and bytes differ": safetensors({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, 8),
  "a tensor without a place": safetensors({ a: { dtype: "F32", shape: [3] } }, 8),
};

for (const [what, bytes] of Object.entries(BROKEN)) {
  test(`${what} is told to be corrupt`, async (t) => {
    await assert.rejects(readTensorIndex(await folder(t, { "model.safetensors": bytes })), isEngineError("corrupt"));
  });
}

test("an index that names a missing shard is corrupt, and weights in another format are unsupported", async (t) => {
  const index = JSON.stringify({ weight_map: { a: "../elsewhere.safetensors" } });
  const sharded = await folder(t, { "model.safetensors.index.json": index });
  await assert.rejects(readTensorIndex(sharded), isEngineError("corrupt"));
  const other = await folder(t, { "tf_model.h5": "" });
  await assert.rejects(readTensorIndex(other), isEngineError("unsupported", /only tf_model\.h5/));
});

function safetensors(header: object, dataBytes: number): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

async function folder(t: TestContext, files: Readonly<Record<string, string | Buffer>>): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-safetensors-"));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  return { id: "a/b", directory, files: Object.keys(files), revision: "0" };
}

function isEngineError(code: string, message = /./): (error: unknown) => boolean {
  return (error) => error instanceof EngineError && error.code === code && message.test(error.message);
}
