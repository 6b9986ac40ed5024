import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { ChosenToken, TokenLogprob } from "../model.ts";
import { tokenBytes } from "../tokenizer/detokenizer.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/** Instead of minus infinity, which JSON cannot say. OpenAI has the same. */
const IMPOSSIBLE = -9999;

/**
 * How likely a token was that has been chosen but not been computed, and which were the likeliest, as the model itself
 * has it: no penalty, bias, grammar or temperature is in these numbers.
 *
 * llama.cpp shows logits only as the sampler has left them, so the last token is computed once more without one.
 *
 * @param last the sequence's last token, after which `chosen` comes.
 * @param top how many of the likeliest.
 */
export async function logprobsOf(
  sequence: LlamaContextSequence,
  last: Token,
  chosen: Token,
  top: number,
  vocabulary: ChatVocabulary,
): Promise<ChosenToken> {
  const end = sequence.nextTokenIndex;
  await sequence.eraseContextTokenRanges([{ start: end - 1, end }]);
  const generateNext = {
    logits: { filter: { tokens: [chosen], includeTop: Math.max(1, top) } },
    totalLogitWeight: true,
    options: { temperature: 0 },
  };
  const [output] = await sequence.controlledEvaluate([[last, { generateNext }]]);
  const { logits = new Map<Token, number>(), totalLogitWeight = 1 } = output?.next ?? {};

  const total = Math.max(...logits.values()) + Math.log(totalLogitWeight);
  const described = (token: Token): TokenLogprob => {
    const bytes = bytesOf(token, vocabulary);
    const logprob = Math.max(IMPOSSIBLE, (logits.get(token) ?? -Infinity) - total);
    return { text: Buffer.from(bytes).toString(), bytes, logprob };
  };
  const likeliest = [...logits].toSorted(([, one], [, other]) => other - one).slice(0, top);
  return { ...described(chosen), top: likeliest.map(([token]) => described(token)) };
}

/** A control token has no text in an answer; here it goes by its name. */
function bytesOf(token: Token, vocabulary: ChatVocabulary): Uint8Array {
  const bytes = tokenBytes(vocabulary, token);
  return bytes.length > 0 ? bytes : Buffer.from(vocabulary.pieces[token] ?? "");
}
