import { randomInt } from "node:crypto";
import type { Token } from "node-llama-cpp";
import type { GenerateRequest } from "../model.ts";
import type { SamplerSettings } from "./addon.ts";

/** A request in which nothing is left open. */
export type SampledRequest = GenerateRequest & { readonly temperature: number; readonly topP: number };

/** llama.cpp takes this one as "any seed". */
const RANDOM_SEED = 0xffff_ffff;

/**
 * Where a request leaves only likely tokens, so many of them are looked at: sorting a whole vocabulary takes a fifth of
 * a small model's time, and nothing beyond is ever among them.
 */
const CANDIDATES = 1024;

/**
 * OpenAI's sampling parameters for llama.cpp, and those of its own. What the request does not ask for is off.
 *
 * llama.cpp's order is penalties, top_k, top_p, min_p, temperature. Its penalties are OpenAI's: each token that was
 * generated `n` times loses `n * frequencyPenalty + presencePenalty` of its logit.
 *
 * @param generated the tokens of the answer so far.
 * @param maxTokens how many there can be.
 * @param seed any number.
 */
export function sampling(
  request: SampledRequest,
  prompt: readonly Token[],
  generated: readonly Token[],
  maxTokens: number,
  seed: number,
): SamplerSettings {
  const { temperature, topP, minP = 0 } = request;
  return {
    temperature,
    topP,
    topK: topKOf(request),
    minP,
    seed: (seed >>> 0) % RANDOM_SEED,
    ...repeatPenalty(request, prompt, generated, maxTokens),
  };
}

/** The request's seed, or one by chance. */
export function seedOf({ seed = randomInt(RANDOM_SEED) }: SampledRequest): number {
  return seed;
}

function topKOf({ topK = 0, topP, minP = 0 }: SampledRequest): number {
  if (topK > 0) return topK;
  return topP < 1 || minP > 0 ? CANDIDATES : 0;
}

function repeatPenalty(
  { presencePenalty, frequencyPenalty, repetitionPenalty = 1 }: SampledRequest,
  prompt: readonly Token[],
  generated: readonly Token[],
  maxTokens: number,
): Partial<SamplerSettings> {
  const isPlain = presencePenalty === 0 && frequencyPenalty === 0;
  if (isPlain && repetitionPenalty === 1) return {};
  const before = isPlain ? prompt : [];
  return {
    repeatPenaltyTokens: Uint32Array.from([...before, ...generated]),
    repeatPenaltyMaxTokens: before.length + maxTokens,
    repeatPenalty: repetitionPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
  };
}
