import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheBytesPerToken } from "./cache-size.ts";

test("Qwen3-0.6B caches 112 KiB a token", () => {
  const attention = { head_count: 16, head_count_kv: 8, key_length: 128, value_length: 128 };
  assert.equal(cacheBytesPerToken({ block_count: 28, embedding_length: 1024, attention }), 112 * 1024);
});

test("the width of a head follows from the model's, and heads may differ from layer to layer", () => {
  const even = { block_count: 2, embedding_length: 64, attention: { head_count: 4, head_count_kv: 2 } };
  assert.equal(cacheBytesPerToken(even), 2 * 2 * 32 * 2);
  const uneven = { ...even, attention: { head_count: 4, head_count_kv: [0, 4] } };
  assert.equal(cacheBytesPerToken(uneven), cacheBytesPerToken(even));
  assert.equal(cacheBytesPerToken({}), 1);
});
