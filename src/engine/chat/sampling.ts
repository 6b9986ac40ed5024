import { randomInt } from "node:crypto";
import type { SequenceEvaluateOptions, Token } from "node-llama-cpp";
import type { GenerateRequest } from "../model.ts";

/** A request in which nothing is left open. */
export type SampledRequest = GenerateRequest & { readonly temperature: number; readonly topP: number };

/** llama.cpp takes this one as "any seed". */
const RANDOM_SEED = 0xffff_ffff;

/**
 * OpenAI's sampling parameters for llama.cpp. What the request does not ask for is off: node-llama-cpp would otherwise
 * keep only the 40 likeliest tokens and the likeliest 95 % of them, and, with penalties, divide repeated tokens' logits
 * by 1.1.
 *
 * llama.cpp's order is penalties, top_p, temperature. Its penalties are OpenAI's: each token that was generated `n`
 * times loses `n * frequencyPenalty + presencePenalty` of its logit.
 *
 * @param generated the tokens of the answer so far; read again before each token.
 * @param maxTokens how many there can be.
 */
export function sampling(
  request: SampledRequest,
  generated: readonly Token[],
  maxTokens: number,
): SequenceEvaluateOptions {
  const { temperature, topP, seed, presencePenalty, frequencyPenalty } = request;
  const penalties = {
    punishTokens: () => [...generated],
    maxPunishTokens: maxTokens,
    penalty: 1,
    presencePenalty,
    frequencyPenalty,
  };
  return {
    temperature,
    topP,
    topK: 0,
    minP: 0,
    seed: seed === undefined ? randomInt(RANDOM_SEED) : (seed >>> 0) % RANDOM_SEED,
    ...(presencePenalty === 0 && frequencyPenalty === 0 ? {} : { repeatPenalty: penalties }),
  };
}
