import assert from "node:assert/strict";
import { test } from "node:test";
import { costMicroUsd, type PaidUsage } from "./cost.ts";
import { loadListPrices } from "./prices/list-prices.ts";
import type { Price } from "./prices/price.ts";

const listPrices = await loadListPrices();

/** By the built-in list, in dollars. */
function cost(model: string, usage: PaidUsage): number {
  const price = listPrices(model);
  assert.ok(price, `${model} has a price`);
  return costMicroUsd(price, usage) / 1e6;
}

function assertAbout(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} instead of ${expected}`);
}

test("what is read and what is written costs by its own rate", () => {
  // $2.50 and $10 for a million
  const dollars = cost("openai/gpt-4o-2024-08-06", { prompt_tokens: 1_000_000, completion_tokens: 1_000 });
  assertAbout(dollars, 2.5 + 0.01);
});

test("what OpenAI had in its cache is a cheaper part of the prompt", () => {
  const usage = { prompt_tokens: 10_000, completion_tokens: 100, prompt_tokens_details: { cached_tokens: 8_000 } };
  assertAbout(cost("openai/gpt-4o", usage), 0.002 * 2.5 + 0.008 * 1.25 + 0.0001 * 10);
});

test("what Claude reads from its cache and writes to it has rates of its own, by how long it is kept", () => {
  const details = { cached_tokens: 50_000, cache_write_tokens: 30_000, cache_write_hour_tokens: 10_000 };
  const usage = { prompt_tokens: 90_000, completion_tokens: 2_000, prompt_tokens_details: details };
  // $3, $0.30 read, $3.75 for five minutes, $6 for an hour, $15 out
  const dollars = 0.01 * 3 + 0.05 * 0.3 + 0.02 * 3.75 + 0.01 * 6 + 0.002 * 15;
  assertAbout(cost("claude/claude-sonnet-4-5", usage), dollars);
});

test("a long prompt raises the rates of the whole call, and one token less does not", () => {
  const usage = { completion_tokens: 1_000, prompt_tokens_details: { cached_tokens: 100_000 } };
  const short = cost("gemini/gemini-2.5-pro", { ...usage, prompt_tokens: 200_000 });
  const long = cost("gemini/gemini-2.5-pro", { ...usage, prompt_tokens: 200_001 });
  assertAbout(short, 0.1 * 1.25 + 0.1 * 0.125 + 0.001 * 10);
  assertAbout(long, 0.100001 * 2.5 + 0.1 * 0.25 + 0.001 * 15);
});

test("of several lengths the longest that the prompt is above counts", () => {
  const price: Price = {
    input: 1,
    output: 1,
    longPrompts: [
      { aboveTokens: 10, input: 2, output: 2 },
      { aboveTokens: 20, input: 3, output: 3 },
    ],
  };
  const cost = (promptTokens: number): number => costMicroUsd(price, { prompt_tokens: promptTokens });
  assert.deepEqual([10, 11, 20, 21].map(cost), [10, 22, 40, 63]);
});

test("what DeepSeek had in its cache costs a tenth", () => {
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 1_000_000 } };
  assertAbout(cost("deepseek/deepseek-chat", usage), 0.028);
});

test("sound costs by its own rates", () => {
  const price: Price = { input: 2.5, output: 10, audioInput: 32, audioOutput: 64 };
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 50,
    prompt_tokens_details: { audio_tokens: 60 },
    completion_tokens_details: { audio_tokens: 40 },
  };
  assert.equal(costMicroUsd(price, usage), 40 * 2.5 + 60 * 32 + 10 * 10 + 40 * 64);
});

test("embeddings cost what they read, also where only the total is told", () => {
  assertAbout(cost("openai/text-embedding-3-small", { prompt_tokens: 1_000_000, total_tokens: 1_000_000 }), 0.02);
  assertAbout(cost("openai/text-embedding-3-small", { total_tokens: 1_000_000 }), 0.02);
});

test("a rate that is not told is the input's, and parts larger than the whole do not count twice", () => {
  const usage = { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 5 } };
  assert.equal(costMicroUsd({ input: 2, output: 8 }, usage), 20);
  assert.equal(costMicroUsd({ input: 2, output: 8, cachedInput: 1 }, usage), 10);
});
