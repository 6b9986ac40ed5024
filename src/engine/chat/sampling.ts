import { randomInt } from "node:crypto";
import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { GenerateRequest } from "../model.ts";

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
 * OpenAI's sampling parameters for llama.cpp, and those of its own. What the request does not ask for is off:
 * node-llama-cpp would otherwise keep only the 40 likeliest tokens and the likeliest 95 % of them, and, with penalties,
 * divide repeated tokens' logits by 1.1.
 *
 * llama.cpp's order is penalties, top_k, top_p, min_p, temperature. Its penalties are OpenAI's: each token that was
 * generated `n` times loses `n * frequencyPenalty + presencePenalty` of its logit.
 *
 * @param generated the tokens of the answer so far; read again before each token.
 * @param maxTokens how many there can be.
 */
export function sampling(
  request: SampledRequest,
  prompt: readonly Token[],
  generated: readonly Token[],
  maxTokens: number,
): SequenceEvaluateOptions {
  const { temperature, topP, minP = 0, seed } = request;
  const penalties = repeatPenalty(request, prompt, generated, maxTokens);
  return {
    temperature,
    topP,
    topK: topKOf(request),
    minP,
    seed: seed === undefined ? randomInt(RANDOM_SEED) : (seed >>> 0) % RANDOM_SEED,
    ...(penalties && { repeatPenalty: penalties }),
  };
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
): SequenceEvaluateOptions["repeatPenalty"] {
  const isPlain = presencePenalty === 0 && frequencyPenalty === 0;
  if (isPlain && repetitionPenalty === 1) return undefined;
  const before = isPlain ? prompt : [];
  return {
    punishTokens: () => [...before, ...generated],
    maxPunishTokens: before.length + maxTokens,
    penalty: repetitionPenalty,
    presencePenalty,
    frequencyPenalty,
  };
}
