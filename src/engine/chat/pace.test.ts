import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "./pace.ts";

test("slices grow twofold at most, shrink at once, and stay within their bounds", () => {
  const pace = createPace({ targetMs: 100, minTokens: 16, maxTokens: 100 });
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
