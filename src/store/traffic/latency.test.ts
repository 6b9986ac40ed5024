import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketOf, percentile } from "./latency.ts";

test("percentiles of any durations are within a fifth of their value", () => {
  for (const scale of [1, 10, 1_000, 100_000]) {
    const durations = Array.from({ length: 1_000 }, (_, i) => scale * (1 + i * 0.01));
    const counts = new Map<number, number>();
    for (const ms of durations) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = durations[Math.floor(share * 1_000)] ?? 0;
      const told = percentile(counts, share) ?? 0;
      assert.ok(Math.abs(told - exact) <= Math.max(0.5, exact / 5), `${told} for ${exact}`);
    }
  }
});

test("without calls there is no percentile, and of nothing but instants it is an instant", () => {
  assert.equal(percentile(new Map(), 0.5), undefined);
  assert.equal(percentile(new Map([[bucketOf(0), 3]]), 0.95), 1);
});
