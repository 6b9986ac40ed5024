import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks, waterfall } from "./waterfall.ts";

test("bars lie one after the other, and a stream's is split at its first chunk", () => {
  const { bars, totalMs } = waterfall(
    [
      { target: "a", outcome: "timeout", start_ms: 0, duration_ms: 250 },
      { target: "b", outcome: "ok", start_ms: 250, duration_ms: 750, first_chunk_ms: 500 },
    ],
    1_000,
  );
  assert.equal(totalMs, 1_000);
  assert.deepEqual(bars, [
    { start: 0, waiting: 0, answering: 0.25 },
    { start: 0.25, waiting: 0.5, answering: 0.25 },
  ]);
});

test("nothing lies beyond the end, also where a try outlives the call or the call took no time", () => {
  assert.equal(waterfall([{ target: "a", outcome: "ok", start_ms: 5, duration_ms: 15 }], 10).totalMs, 20);
  const { bars } = waterfall([{ target: "a", outcome: "ok", start_ms: 0, duration_ms: 0 }], 0);
  assert.deepEqual(bars, [{ start: 0, waiting: 0, answering: 0 }]);
});

test("the scale has at most five round times within the call's", () => {
  assert.deepEqual(ticks(1_000), [0, 200, 400, 600, 800]);
  assert.deepEqual(ticks(1_700), [0, 500, 1_000, 1_500]);
  assert.deepEqual(ticks(1), [0, 0.2, 0.4, 0.6000000000000001, 0.8]);
  for (const totalMs of [3, 47, 999, 61_234]) assert.ok(ticks(totalMs).length <= 5, String(totalMs));
});
