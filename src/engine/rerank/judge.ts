import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { BATCH_TOKENS } from "../chat/attention.ts";
import { loadFailure } from "../chat/contexts.ts";
import { loadModel, type DecoderOptions } from "../embed/decoder.ts";
import type { Snapshot } from "../model.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import { readPairPrompt, tokenizeQuestions } from "./judge-prompt.ts";
import { LOGIT_SCORE, readJudgement, readRerankRecipe, type Judgement } from "./recipe.ts";

/**
 * Loads a language model that ranks documents into llama.cpp: it is asked whether a document answers a query, and what
 * counts is how likely it says yes. Pairs are computed one after the other; what they begin with alike is computed once.
 *
 * @param weights the path of its GGUF file.
 * @throws EngineError `unsupported`, `corrupt`, `not_installed` or `out_of_memory`; the signal's reason.
 */
export async function loadJudge(
  snapshot: Snapshot,
  weights: string,
  options: DecoderOptions,
  signal: AbortSignal,
): Promise<CrossEncoder> {
  const recipe = await readRerankRecipe(snapshot, ["Transformer", LOGIT_SCORE]);
  const prompt = await readPairPrompt(snapshot);
  const tokenizer = await loadTokenizer(snapshot);
  const judgement = await readJudgement(snapshot, (token) => tokenizer.tokenId(token));
  const model = await loadModel(weights, options.runtime, snapshot.id, signal);
  try {
    const maxTokens = Math.min(recipe.maxTokens, model.trainContextSize, options.contextTokens);
    const sizes = { contextSize: maxTokens + 1, batchSize: Math.min(BATCH_TOKENS, maxTokens + 1) };
    const context = await model.createContext({ ...sizes, threads: options.threads, createSignal: signal });
    const sequence = context.getSequence();
    return {
      maxTokens,
      activation: recipe.activation,
      tokenize: async (pairs) => tokenizeQuestions(tokenizer, prompt, maxTokens, pairs),
      async score(pairs) {
        const scores = new Float32Array(pairs.length);
        for (const [index, { ids }] of pairs.entries()) scores[index] = await score(sequence, judgement, [...ids]);
        return scores;
      },
      async dispose() {
        await context.dispose();
        await model.dispose();
      },
    };
  } catch (error) {
    await model.dispose();
    signal.throwIfAborted();
    throw loadFailure(`a context of ${snapshot.id}`, error);
  }
}

async function score(
  sequence: LlamaContextSequence,
  { trueToken, falseToken }: Judgement,
  ids: readonly number[],
): Promise<number> {
  const tokens = ids as readonly Token[];
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const rest = tokens.slice(sequence.nextTokenIndex, -1);
  const last = [tokens.at(-1) ?? 0, { generateNext: { logits: true, options: { temperature: 0 } } }] as [Token, object];
  const outputs = await sequence.controlledEvaluate([...rest, last]);
  const logits: ReadonlyMap<number, number> = outputs.at(-1)?.next.logits ?? new Map<number, number>();
  const logit = (token: number): number => logits.get(token) ?? Number.NaN;
  return falseToken === undefined ? logit(trueToken) : logit(trueToken) - logit(falseToken);
}
