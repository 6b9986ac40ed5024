import assert from "node:assert/strict";
import { test } from "node:test";
import { normalize, pool } from "./pooling.ts";

/** Three tokens of two numbers each. */
const HIDDEN = Float32Array.of(1, -6, 2, 0, 6, 3);

test("each mode pools as its name says", () => {
  assert.deepEqual([...pool(HIDDEN, 2, ["cls"])], [1, -6]);
  assert.deepEqual([...pool(HIDDEN, 2, ["lasttoken"])], [6, 3]);
  assert.deepEqual([...pool(HIDDEN, 2, ["max"])], [6, 3]);
  assert.deepEqual([...pool(HIDDEN, 2, ["mean"])], [3, -1]);
  assert.deepEqual(
    [...pool(HIDDEN, 2, ["mean_sqrt_len_tokens"])],
    [...Float32Array.of(9 / Math.sqrt(3), -3 / Math.sqrt(3))],
  );
  assert.deepEqual([...pool(HIDDEN, 2, ["weightedmean"])], [...Float32Array.of(23 / 6, 3 / 6)]);
});

test("several modes are joined into one longer vector", () => {
  assert.deepEqual([...pool(HIDDEN, 2, ["cls", "mean"])], [1, -6, 3, -1]);
});

test("a normalised vector has length 1, and zeros stay zeros", () => {
  assert.deepEqual([...normalize(Float32Array.of(3, -4))], [...Float32Array.of(0.6, -0.8)]);
  assert.deepEqual([...normalize(Float32Array.of(0, 0))], [0, 0]);
});
