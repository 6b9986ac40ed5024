import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "./pace.ts";

test("slices grow twofold at most, shrink at once, and stay within their bounds", () => {
  const pace = createPace({ targetMs: 100, limitMs: 100, minTokens: 16, fullTokens: 16, fullCost: 1, maxTokens: 100 });
  assert.equal(pace.size(), 16);
  pace.learn(16, 1);
  assert.equal(pace.size(), 32);
  pace.learn(32, 64);
  assert.equal(pace.size(), 50);
  pace.learn(50, 1);
  assert.equal(pace.size(), 100);
  pace.learn(100, 1000);
  assert.equal(pace.size(), 16);
});

test("a slice takes longer than it should if only so it is computed at full speed, but not much longer", () => {
  const pace = createPace({ targetMs: 100, limitMs: 300, minTokens: 16, fullTokens: 64, fullCost: 1, maxTokens: 512 });
  pace.learn(16, 64);
  pace.learn(32, 128);
  assert.equal(pace.size(), 64); // 256 ms
  pace.learn(64, 320);
  assert.equal(pace.size(), 20);
});

test("what a slice takes that is not at full speed says how long one at full speed would take", () => {
  const pace = createPace({ targetMs: 90, limitMs: 140, minTokens: 16, fullTokens: 64, fullCost: 0.8, maxTokens: 512 });
  pace.learn(16, 16 * 2.5); // 128 ms for 64, and not 160
  pace.learn(32, 32 * 2.5);
  assert.equal(pace.size(), 64);
  pace.learn(64, 64 * 2.5);
  assert.equal(pace.size(), 36);
});
