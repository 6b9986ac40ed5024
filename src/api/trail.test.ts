import assert from "node:assert/strict";
import { test } from "node:test";
import { createTrail } from "./trail.ts";

const failed = { target: "a/x", outcome: "429", status: 429, startedAt: 1, durationMs: 5, gatewayMs: 1 };
const answered = { target: "b/y", outcome: "ok", startedAt: 6, durationMs: 7, gatewayMs: 1 };

test("attempts are told in their order, and in a form that headers take", () => {
  const trail = createTrail();
  trail.note(failed);
  trail.note({ ...answered, target: "b/夜;=, \n" });
  assert.equal(trail.text(), "a/x=429;b/%E5%A4%9C%3B%3D%2C%20%0A=ok");
});

test("the tokens belong to the attempt that answered, whatever was noted after it; a failed one has none", () => {
  const trail = createTrail();
  trail.amend({ promptTokens: 1 });
  trail.note(failed);
  trail.note(answered);
  trail.note({ ...failed, outcome: "aborted" });
  trail.amend({ promptTokens: 3, completionTokens: 5 });
  assert.deepEqual(trail.attempts, [
    failed,
    { ...answered, promptTokens: 3, completionTokens: 5 },
    { ...failed, outcome: "aborted" },
  ]);
});
