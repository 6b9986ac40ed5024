import assert from "node:assert/strict";
import { test } from "node:test";
import { batches } from "./batches.ts";

test("texts of like length stand together, the longest first", () => {
  assert.deepEqual(batches([3, 9, 1, 8], { maxTexts: 2, maxTokens: 100 }), [
    [1, 3],
    [0, 2],
  ]);
});

test("no batch has more padded tokens than allowed, unless one text alone has", () => {
  const lengths = [50, 10, 10, 9, 4, 4, 4, 4, 4];
  const all = batches(lengths, { maxTexts: 32, maxTokens: 20 });
  assert.deepEqual(all, [[0], [1, 2], [3, 4], [5, 6, 7, 8]]);
});

test("no texts make no batches, and empty ones are counted as texts", () => {
  assert.deepEqual(batches([], { maxTexts: 2, maxTokens: 10 }), []);
  assert.deepEqual(batches([0, 0, 0], { maxTexts: 2, maxTokens: 10 }), [[0, 1], [2]]);
});
