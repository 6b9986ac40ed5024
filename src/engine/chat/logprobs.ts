import type { Token } from "node-llama-cpp";
import type { ChosenToken, TokenLogprob } from "../model.ts";
import { tokenBytes } from "../tokenizer/detokenizer.ts";
import type { AddonContext, AddonSampler } from "./addon.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/** Instead of minus infinity, which JSON cannot say. OpenAI has the same. */
const IMPOSSIBLE = -9999;

export interface LogprobsOptions {
  /** How many of the likeliest. */
  readonly top: number;
  readonly vocabulary: ChatVocabulary;
  /** One that changes no logits, as llama.cpp shows them as the sampler has left them. */
  readonly sampler: AddonSampler;
}

/**
 * How likely a token was, and which were the likeliest, as the model itself has it: no penalty, bias, grammar or
 * temperature is in these numbers.
 * @param place of the logits that it was chosen by.
 */
export async function logprobsOf(
  chosen: Token,
  addon: AddonContext,
  place: number,
  { top, vocabulary, sampler }: LogprobsOptions,
): Promise<ChosenToken> {
  const filter = [[chosen], false, false, false, Math.max(1, top)] as const;
  const [, , , pairs, weight] = await addon.sampleToken(place, sampler, false, false, filter, true);
  const logits = new Map(Array.from({ length: pairs.length / 2 }, (_, at) => [pairs[2 * at]!, pairs[2 * at + 1]!]));

  const total = Math.max(...logits.values()) + Math.log(weight);
  const described = (token: number): TokenLogprob => {
    const bytes = bytesOf(token, vocabulary);
    const logprob = Math.max(IMPOSSIBLE, (logits.get(token) ?? -Infinity) - total);
    return { text: Buffer.from(bytes).toString(), bytes, logprob };
  };
  const likeliest = [...logits].toSorted(([, one], [, other]) => other - one).slice(0, top);
  return { ...described(chosen), top: likeliest.map(([token]) => described(token)) };
}

/** A control token has no text in an answer; here it goes by its name. */
function bytesOf(token: number, vocabulary: ChatVocabulary): Uint8Array {
  const bytes = tokenBytes(vocabulary, token);
  return bytes.length > 0 ? bytes : Buffer.from(vocabulary.pieces[token] ?? "");
}
