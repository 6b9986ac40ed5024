import assert from "node:assert/strict";
import { test } from "node:test";
import { providers } from "../../providers/index.ts";
import { loadListPrices } from "./list-prices.ts";
import type { Price } from "./price.ts";
import { asRows, byModel, priceOf } from "./rows.ts";
import { PRICE_ROWS, PRICES_DATE } from "./table.ts";

function pricesIn(rows: string): ReadonlyMap<string, Price> {
  return new Map([...byModel(rows)].map(([name, lines]) => [name, priceOf(lines)]));
}

const prices = pricesIn(PRICE_ROWS);

function assertEach(test: (price: Price, name: string) => boolean): void {
  const wrong = [...prices].filter(([name, price]) => !test(price, name)).map(([name]) => name);
  assert.deepEqual(wrong, []);
}

test("rows are read as they were written", () => {
  const long = { aboveTokens: 200_000, input: 2.5, output: 15, cachedInput: 0.25 };
  const models = [
    { name: "a/plain", price: { input: 0.02, output: 0 } },
    { name: "b/long", price: { input: 1.25, output: 10, audioInput: 3, longPrompts: [long] } },
  ];
  const rows = asRows(models);
  assert.equal(rows, "a/plain 0 0.02 0\nb/long 0 1.25 10 - - - 3\nb/long 200000 2.5 15 0.25");
  assert.deepEqual(pricesIn(rows), new Map(models.map(({ name, price }) => [name, price])));
});

test("a model is found by its full name, and by no other", async () => {
  const of = await loadListPrices();
  assert.deepEqual(of("openai/gpt-4o-2024-08-06"), { input: 2.5, output: 10, cachedInput: 1.25 });
  assert.deepEqual(of("gemini/models/gemini-2.5-flash"), of("gemini/gemini-2.5-flash"));
  assert.ok(of("gemini/gemini-2.5-flash"));
  for (const unknown of ["openai/gpt-4o-2099-01-01", "azure/gpt-4o", "gpt-4o", "openai/GPT-4o", "local/chat"]) {
    assert.equal(of(unknown), undefined, unknown);
  }
});

test("the list is sorted, dated, small, and has each model once for each length", () => {
  const keys = PRICE_ROWS.split("\n").map((line) => line.split(" ", 2).join(" "));
  assert.equal(new Set(keys).size, keys.length);
  const names = [...prices.keys()];
  assert.deepEqual(names, names.toSorted());
  assert.match(PRICES_DATE, /^20\d\d-[01]\d-[0-3]\d$/);
  assert.ok(PRICE_ROWS.length < 60_000, String(PRICE_ROWS.length));
});

test("the providers that the list names are known, and all that are sold by the token are in it", () => {
  const known = new Set(providers.map(({ name }) => name));
  const listed = new Set([...prices.keys()].map((name) => name.split("/", 1)[0] ?? ""));
  assert.deepEqual(
    [...listed].filter((name) => !known.has(name)),
    [],
  );
  for (const name of ["openai", "claude", "gemini", "deepseek", "minmax", "groq", "mistral", "xai", "qwen"]) {
    assert.ok(listed.has(name), name);
  }
});

test("no paid model is free, and none costs a thousand times too much", () => {
  assertEach(({ input }) => input >= 0.005 && input <= 200);
  assertEach(({ output }, name) =>
    /embed|bge|gte|UAE|e5/i.test(name) ? output <= 1 : output >= 0.01 && output <= 700,
  );
});

test("within a model, the rates stand in likely proportions", () => {
  assertEach(({ input, cachedInput = input }) => cachedInput <= input && cachedInput >= input / 60);
  assertEach(({ input, cacheWrite = input }) => cacheWrite >= input && cacheWrite <= 1.5 * input);
  assertEach(({ cacheWrite = 0, cacheWriteHour = cacheWrite }) => cacheWriteHour >= cacheWrite);
  assertEach(({ input, output }) => output === 0 || (output >= input / 2 && output <= 20 * input));
});

test("long prompts cost more, from the shorter to the longer", () => {
  assertEach(({ input, output, longPrompts = [] }) => {
    const steps = [{ aboveTokens: 0, input, output }, ...longPrompts];
    return longPrompts.every(
      (tier, index) =>
        tier.aboveTokens > (steps[index]?.aboveTokens ?? 0) &&
        tier.aboveTokens >= 16_000 &&
        tier.input > (steps[index]?.input ?? 0) &&
        tier.output > (steps[index]?.output ?? 0),
    );
  });
});
