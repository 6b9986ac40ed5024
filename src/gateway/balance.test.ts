import assert from "node:assert/strict";
import { test } from "node:test";
import { createBalance } from "./balance.ts";
import { createHealth, type Health } from "./health.ts";
import type { ModelFacts } from "./model.ts";
import type { Price } from "./prices/price.ts";

const models = ["a", "b", "c"];
const idle = createHealth();
const PRICES: Record<string, Price> = { a: { input: 5, output: 15 }, c: { input: 1, output: 20 } };
const facts: ModelFacts = { nameOf: (model) => model, priceOf: (model) => PRICES[model] };

function measured(running: Record<string, number>, latencyMs: Record<string, number> = {}): Health {
  return { ...idle, running: (name) => running[name] ?? 0, latencyMs: (name) => latencyMs[name] ?? 0 };
}

test("an ordered group is asked as it is written", () => {
  assert.deepEqual(createBalance(idle)({ models, strategy: "ordered" }, facts), models);
});

test("a weighted group is asked by its shares, and those with a weight of 0 last", () => {
  const balance = createBalance(idle);
  const firsts = Array.from({ length: 2_000 }, () => {
    const order = balance({ models, strategy: "weighted", weights: [3, 1, 0] }, facts);
    assert.equal(order[2], "c");
    return order[0];
  });
  const share = firsts.filter((model) => model === "a").length / firsts.length;
  assert.ok(share > 0.7 && share < 0.8, String(share));
});

test("the least busy model is asked first", () => {
  const balance = createBalance(measured({ a: 3, b: 1, c: 2 }));
  assert.deepEqual(balance({ models, strategy: "least_busy" }, facts), ["b", "c", "a"]);
});

test("the quickest model is asked first, calls under way counted as slow ones, and unknown ones before all", () => {
  const balance = createBalance(measured({ a: 4, b: 0 }, { a: 100, b: 300 }));
  assert.deepEqual(balance({ models, strategy: "lowest_latency" }, facts), ["c", "b", "a"]);
});

test("the cheapest model is asked first, and one without a price last", () => {
  const balance = createBalance(idle);
  assert.deepEqual(balance({ models: ["b", "a", "c"], strategy: "cheapest" }, facts), ["c", "a", "b"]);
});
