import assert from "node:assert/strict";
import { test } from "node:test";
import { createRetryBudget } from "./retry-budget.ts";

function retriesFor(calls: number, budget: ReturnType<typeof createRetryBudget>, provider = "a"): number {
  let retries = 0;
  for (let call = 0; call < calls; call++) {
    budget.called(provider);
    if (budget.take(provider)) retries++;
  }
  return retries;
}

test("in an outage one call in five is tried again, after the few that are always allowed", () => {
  const budget = createRetryBudget(() => 0);
  assert.equal(retriesFor(25, budget), 24);
  const retries = retriesFor(1000, budget);
  assert.ok(retries >= 198 && retries <= 202, String(retries));
});

test("time brings retries back, up to a bound", () => {
  let nowMs = 0;
  const budget = createRetryBudget(() => nowMs);
  while (budget.take("a"));
  nowMs += 3_000;
  assert.deepEqual([budget.take("a"), budget.take("a"), budget.take("a"), budget.take("a")], [true, true, true, false]);
  nowMs += 3_600_000;
  let saved = 0;
  while (budget.take("a")) saved++;
  assert.equal(saved, 20);
});

test("one provider's outage leaves the others their retries", () => {
  const budget = createRetryBudget(() => 0);
  while (budget.take("a"));
  assert.equal(budget.take("b"), true);
});
