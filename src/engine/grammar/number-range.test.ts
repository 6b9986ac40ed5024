import assert from "node:assert/strict";
import { test } from "node:test";
import { matcher } from "./fixtures/matcher.ts";
import { numberRange } from "./number-range.ts";
import { createRules } from "./rules.ts";

test("exactly the numbers between the bounds, in the one way to write them", async () => {
  const bounds = [
    [0, 0],
    [0, 9],
    [3, 7],
    [5, 12],
    [9, 100],
    [17, 234],
    [-4, 3],
    [-120, -11],
    [99, 101],
    [-1, 1],
  ];
  for (const [low = 0, high = 0] of bounds) {
    const range = { low: BigInt(low), high: BigInt(high), decimals: 0, step: 1n };
    const matches = await matcher((rules) => numberRange(range, rules) ?? "");
    for (let number = -130; number <= 250; number++) {
      assert.equal(matches(String(number)), low <= number && number <= high, `${number} in ${low}…${high}`);
    }
    assert.ok(!matches("007"));
  }
});

test("decimals count as units, and are always written", async () => {
  const matches = await matcher(
    (rules) => numberRange({ low: -150n, high: 1025n, decimals: 2, step: 1n }, rules) ?? "",
  );
  for (const number of ["-1.50", "-0.01", "0.00", "0.07", "9.99", "10.25"]) assert.ok(matches(number), number);
  for (const number of ["-1.51", "10.26", "1", "1.5", ".50", "00.50"]) assert.ok(!matches(number), number);
});

test("exactly the multiples of a step", async () => {
  for (const step of [2n, 3n, 7n, 25n, 100n, 120n]) {
    const matches = await matcher((rules) => numberRange({ low: -50n, high: 345n, decimals: 0, step }, rules) ?? "");
    for (let number = -60; number <= 360; number++) {
      const isMultiple = -50 <= number && number <= 345 && number % Number(step) === 0;
      assert.equal(matches(String(number)), isMultiple, `${number} in steps of ${step}`);
    }
  }
  const quarters = await matcher((rules) => numberRange({ low: 0n, high: 300n, decimals: 2, step: 25n }, rules) ?? "");
  for (const number of ["0.00", "0.25", "1.50", "3.00"]) assert.ok(quarters(number), number);
  for (const number of ["0.10", "1.05", "3.25"]) assert.ok(!quarters(number), number);
});

test("between bounds that have crossed there is nothing", () => {
  assert.equal(numberRange({ low: 5n, high: 4n, decimals: 0, step: 1n }, createRules()), undefined);
});
