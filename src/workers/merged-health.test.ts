import assert from "node:assert/strict";
import { test } from "node:test";
import type { TargetHealth } from "../gateway/health.ts";
import { mergedHealth } from "./merged-health.ts";

const ok: TargetHealth = { target: "openai/a", state: "ok", running: 2, consecutiveFailures: 0, latencyMs: 100 };

test("a target is as the worker has it that leaves it alone for longest, with the calls of all", () => {
  const open: TargetHealth = { ...ok, state: "open", running: 1, latencyMs: 300, restMs: 500, lastFailure: "fault" };
  const other: TargetHealth = { ...ok, target: "openai/b" };
  const key = { of: "openai", key: 1, state: "limited" } as const;
  const limits = [{ of: "openai", limit: 3, running: 3, queued: 1 }];
  const merged = mergedHealth(
    [
      { targets: [ok, other], keys: [{ ...key, restMs: 10 }] },
      { targets: [open], keys: [{ ...key, restMs: 20 }] },
    ],
    limits,
  );
  assert.deepEqual(merged, {
    targets: [{ ...open, running: 3, latencyMs: 200 }, other],
    keys: [{ ...key, restMs: 20 }],
    limits,
  });
});
