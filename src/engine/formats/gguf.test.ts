import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readGgufFileInfo } from "node-llama-cpp";
import { bool, bools, float32, ggufHeader, int32s, string, strings, uint32 } from "./gguf.ts";

test("another reader finds the same metadata, shapes, types and places", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "omniport-gguf-"));
  t.after(() => rm(directory, { recursive: true }));
  const metadata = {
    "general.architecture": string("llama"),
    "llama.block_count": uint32(3),
    "llama.rope.freq_base": float32(500_000),
    "llama.attention.sliding_window_pattern": bools([true, false]),
    "tokenizer.ggml.tokens": strings(["a", "安", ""]),
    "tokenizer.ggml.token_type": int32s([1, -2, 3]),
    "tokenizer.ggml.add_bos_token": bool(true),
  };
  const { bytes, positions, byteLength } = ggufHeader(metadata, [
    { name: "token_embd.weight", shape: [3, 64], type: "Q8_0" },
    { name: "output_norm.weight", shape: [3], type: "F32" },
    { name: "experts", shape: [2, 4, 32], type: "Q4_0" },
  ]);
  await writeFile(join(directory, "a.gguf"), Buffer.concat([bytes], byteLength));
  const info = await readGgufFileInfo(join(directory, "a.gguf"));

  const { ggml } = info.metadata.tokenizer;
  assert.deepEqual([ggml.tokens, ggml.token_type, ggml.add_bos_token], [["a", "安", ""], [1, -2, 3], true]);
  assert.equal(info.architectureMetadata.block_count, 3);
  assert.equal(info.architectureMetadata.rope?.freq_base, 500_000);
  assert.deepEqual(
    info.fullTensorInfo?.map(({ name, dimensions, fileOffset }) => [name, dimensions.map(Number), Number(fileOffset)]),
    [
      ["token_embd.weight", [64, 3], positions[0]],
      ["output_norm.weight", [3], positions[1]],
      ["experts", [32, 4, 2], positions[2]],
    ],
  );
  assert.ok(positions.every((position) => position % 32 === 0));
  // 204 bytes, 12 bytes and 144 bytes, each from a multiple of 32 on.
  assert.deepEqual([positions[1]! - positions[0]!, positions[2]! - positions[1]!], [224, 32]);
  assert.equal(byteLength - positions[2]!, 160);
});
