import assert from "node:assert/strict";
import { test } from "node:test";
import type { TrafficBucket, TrafficStats } from "../../../src/api/admin.ts";
import { peak, times, values } from "./series.ts";

const FIGURES = { calls: 0, failed: 0, aborted: 0, prompt_tokens: 0, completion_tokens: 0, cost_usd: 0 };
const BUCKETS: readonly TrafficBucket[] = [
  { ...FIGURES, at: 60_000, calls: 2, p50_ms: 40 },
  { ...FIGURES, at: 180_000, calls: 5, failed: 5 },
];
const STATS: TrafficStats = {
  span: "hour",
  bucket_ms: 60_000,
  from: 0,
  to: 180_000,
  total: { ...FIGURES, calls: 7, failed: 5 },
  buckets: BUCKETS,
  models: [],
  recording: { calls: true, content: false },
};

test("buckets without a call are there: as nothing counted, and as a gap in what is measured", () => {
  assert.deepEqual(times(STATS), [0, 60_000, 120_000, 180_000]);
  assert.deepEqual(
    values(STATS, ({ calls }) => calls, 0),
    [0, 2, 0, 5],
  );
  assert.deepEqual(
    values(STATS, ({ p50_ms }) => p50_ms, null),
    [null, 40, null, null],
  );
});

test("the peak is the first of the highest", () => {
  assert.deepEqual(peak([null, 3, 7, 7]), { value: 7, index: 2 });
  assert.equal(peak([null, 0]), undefined);
});
