import assert from "node:assert/strict";
import { test } from "node:test";
import type { HealthChange } from "../gateway/health.ts";
import { createHealthNews } from "./health-news.ts";

const failed = (target: string, consecutiveFailures: number, restMs = 0): HealthChange => ({
  target,
  consecutiveFailures,
  restMs,
  rests: 0,
});

test("the first change is told at once, and of those that follow the latest", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: HealthChange[] = [];
  const tell = createHealthNews((change) => told.push(change));
  for (let count = 1; count <= 1_000; count++) tell(failed("p/a", count));
  tell(failed("p/b", 1));
  assert.deepEqual(told, [failed("p/a", 1), failed("p/b", 1)]);
  t.mock.timers.tick(50);
  assert.deepEqual(told.slice(2), [failed("p/a", 1_000)]);
  t.mock.timers.tick(50);
  tell(failed("p/a", 1));
  assert.deepEqual(told.slice(3), [failed("p/a", 1)]);
});

test("that a target is left alone is told at once, and once, and nothing older after it", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: HealthChange[] = [];
  const tell = createHealthNews((change) => told.push(change));
  for (const change of [failed("p/a", 1), failed("p/a", 2), failed("p/a", 3, 2_000)]) tell(change);
  assert.deepEqual(told, [failed("p/a", 1), failed("p/a", 3, 2_000)]);
  tell(failed("p/a", 4, 2_000));
  assert.equal(told.length, 2);
  t.mock.timers.tick(50);
  assert.deepEqual(told.slice(2), [failed("p/a", 4, 2_000)]);
});
