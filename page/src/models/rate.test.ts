import assert from "node:assert/strict";
import { test } from "node:test";
import { rateOf, type Sample } from "./rate.ts";

test("the rate is that of the last seconds, not of what was there before", () => {
  const samples: Sample[] = [];
  assert.deepEqual(rateOf(samples, 500, 0), {});
  assert.deepEqual(rateOf(samples, 600, 500), {});
  assert.deepEqual(rateOf(samples, 900, 1_000), { bytesPerSecond: 400 });
  assert.deepEqual(rateOf(samples, 900, 5_000), { bytesPerSecond: 80 });
  for (let second = 6; second <= 60; second++) rateOf(samples, 900 + 100 * (second - 5), 1_000 * second);
  assert.deepEqual(rateOf(samples, 6_500, 61_000), { bytesPerSecond: 100 });
  assert.ok(samples.length < 20, "what is old is forgotten");
});

test("what is not downloaded has no rate, and begins anew", () => {
  const samples: Sample[] = [{ atMs: 0, bytes: 1_000 }];
  assert.deepEqual(rateOf(samples, undefined, 2_000), {});
  assert.deepEqual(rateOf(samples, 10, 3_000), {});
});
