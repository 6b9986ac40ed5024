import assert from "node:assert/strict";
import { test } from "node:test";
import { countSequences } from "./sequences.ts";

const GIB = 2 ** 30;
/** Qwen3-0.6B: 112 KiB of keys and values a token. */
const qwen = {
  block_count: 28,
  embedding_length: 1024,
  attention: { head_count: 16, head_count_kv: 8, key_length: 128, value_length: 128 },
};

test("as many sequences as the budget holds, one at least, four at most", () => {
  assert.equal(countSequences(qwen, 4096, GIB, 4), 2);
  assert.equal(countSequences(qwen, 32_768, GIB, 4), 1);
  assert.equal(countSequences(qwen, 512, GIB, 4), 4);
});

test("the width of a head follows from the model's, and heads may differ from layer to layer", () => {
  const perToken = (shape: Parameters<typeof countSequences>[0]): number => countSequences(shape, 1, 10_000, 10_000);
  const even = { block_count: 2, embedding_length: 64, attention: { head_count: 4, head_count_kv: 2 } };
  assert.equal(perToken(even), Math.floor(10_000 / (2 * 2 * 32 * 2)));
  const uneven = { ...even, attention: { head_count: 4, head_count_kv: [0, 4] } };
  assert.equal(perToken(uneven), perToken(even));
  assert.equal(perToken({}), 10_000);
});
