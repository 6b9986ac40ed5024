import assert from "node:assert/strict";
import { test } from "node:test";
import { longRoom, maxStepTokens, scoresBytes } from "./attention.ts";

const model = (head_count: number | readonly number[], gpuLayers = 0): Parameters<typeof maxStepTokens>[0] => ({
  gpuLayers,
  fileInfo: { architectureMetadata: { attention: { head_count } } },
});

test("a step has as many tokens as the memory for their scores allows, within bounds", () => {
  assert.equal(maxStepTokens(model(9), 1024), 512);
  assert.equal(maxStepTokens(model(32), 8192), 128);
  assert.equal(maxStepTokens(model(32), 131_072), 16);
  assert.equal(maxStepTokens(model([0, 16, 32]), 8192), 128); // the layer with the most heads
});

test("on a graphics card no scores are kept, and no call is long", () => {
  assert.equal(maxStepTokens(model(32, 1), 131_072), 512);
  assert.equal(longRoom(model(32, 1)), undefined);
  assert.equal(longRoom(model(32)), 2048);
});

test("the scores of a step take 128 MiB, less with a short context, more with a very long one", () => {
  assert.equal(scoresBytes(32, 8192), 2 ** 27);
  assert.equal(scoresBytes(8, 512), 512 * 512 * 8 * 4);
  assert.equal(scoresBytes(32, 131_072), 2 ** 28);
});
