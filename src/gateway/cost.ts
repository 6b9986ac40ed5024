import type { Price, Rates } from "./prices/price.ts";

/** What a usage says that costs money; prompt tokens include all of the other input's, and completion tokens all output. */
export interface PaidUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  /** All there is, where nothing is written but read alone. */
  readonly total_tokens?: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
    /** Those of `cache_write_tokens` that are kept for an hour. */
    readonly cache_write_hour_tokens?: number;
    readonly audio_tokens?: number;
  } | null;
  readonly completion_tokens_details?: { readonly audio_tokens?: number; readonly [field: string]: unknown } | null;
}

/** In millionths of a US dollar: dollars for a million tokens are as many of them for one. */
export function costMicroUsd(price: Price, usage: PaidUsage): number {
  const promptTokens = usage.prompt_tokens ?? usage.total_tokens ?? 0;
  const rates = ratesFor(price, promptTokens);
  return inputCost(rates, promptTokens, usage.prompt_tokens_details ?? {}) + outputCost(rates, usage);
}

/** The longest of the lengths that the prompt is above. */
function ratesFor(price: Price, promptTokens: number): Rates {
  return price.longPrompts?.findLast(({ aboveTokens }) => promptTokens > aboveTokens) ?? price;
}

function inputCost(
  rates: Rates,
  promptTokens: number,
  details: NonNullable<PaidUsage["prompt_tokens_details"]>,
): number {
  const { input, cachedInput = input, cacheWrite = input, cacheWriteHour = cacheWrite, audioInput = input } = rates;
  let left = promptTokens;
  /** No more than what is left: a count that makes no sense costs nothing besides. */
  const take = (tokens = 0): number => {
    const taken = Math.min(tokens, left);
    left -= taken;
    return taken;
  };
  const written = details.cache_write_tokens ?? 0;
  const hour = Math.min(details.cache_write_hour_tokens ?? 0, written);
  const apart =
    take(details.cached_tokens) * cachedInput +
    take(hour) * cacheWriteHour +
    take(written - hour) * cacheWrite +
    take(details.audio_tokens) * audioInput;
  return apart + left * input;
}

function outputCost({ output, audioOutput = output }: Rates, usage: PaidUsage): number {
  const { completion_tokens: tokens = 0, completion_tokens_details: details } = usage;
  const audio = Math.min(details?.audio_tokens ?? 0, tokens);
  return audio * audioOutput + (tokens - audio) * output;
}
