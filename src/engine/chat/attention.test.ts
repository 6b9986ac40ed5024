import assert from "node:assert/strict";
import { test } from "node:test";
import { scoresBytes, stepTokens } from "./attention.ts";

test("a step has as many tokens as the memory for their scores allows, within bounds", () => {
  assert.equal(stepTokens(9, 1024), 512);
  assert.equal(stepTokens(32, 8192), 128);
  assert.equal(stepTokens(32, 131_072), 16);
  assert.equal(stepTokens([0, 16, 32], 8192), 128); // the layer with the most heads
});

test("the scores of a step take 128 MiB, less with a short context, more with a very long one", () => {
  assert.equal(scoresBytes(32, 8192), 2 ** 27);
  assert.equal(scoresBytes(8, 512), 512 * 512 * 8 * 4);
  assert.equal(scoresBytes(32, 131_072), 2 ** 28);
});
