import assert from "node:assert/strict";
import { test } from "node:test";
import { matcher } from "./fixtures/matcher.ts";
import { numberRange } from "./number-range.ts";

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
    const range = numberRange(BigInt(low), BigInt(high), 0) ?? "";
    const matches = await matcher(() => range);
    for (let number = -130; number <= 250; number++) {
      assert.equal(matches(String(number)), low <= number && number <= high, `${number} in ${low}…${high}`);
    }
    assert.ok(!matches("007"));
  }
});

test("decimals count as units, and are always written", async () => {
  const matches = await matcher(() => numberRange(-150n, 1025n, 2) ?? "");
  for (const number of ["-1.50", "-0.01", "0.00", "0.07", "9.99", "10.25"]) assert.ok(matches(number), number);
  for (const number of ["-1.51", "10.26", "1", "1.5", ".50", "00.50"]) assert.ok(!matches(number), number);
});

test("between bounds that have crossed there is nothing", () => {
  assert.equal(numberRange(5n, 4n, 0), undefined);
});
