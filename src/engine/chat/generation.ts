import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token, TokenBias } from "node-llama-cpp";
import type { ChosenToken, GenerateEvent } from "../model.ts";
import { createDetokenizer } from "../tokenizer/detokenizer.ts";
import type { AnswerPiece, AnswerReader } from "./answer.ts";
import { logprobsOf } from "./logprobs.ts";
import type { Pace } from "./pace.ts";
import { sampling, type SampledRequest } from "./sampling.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/** One answer to be computed. */
export interface Generation {
  readonly request: SampledRequest;
  readonly prompt: readonly Token[];
  /** The answer goes on inside the prompt's last message. */
  readonly continues: boolean;
  /** At most this many tokens, at least one; prompt and answer fit into the context. */
  readonly maxTokens: number;
  readonly vocabulary: ChatVocabulary;
  readonly reader: AnswerReader;
  readonly pace: Pace;
  readonly emulated: readonly "tools"[];
  /** Only what it allows is generated. */
  readonly grammar?: LlamaGrammarEvaluationState;
  readonly bias?: TokenBias;
}

/** Computes an answer in a sequence that nobody else uses meanwhile, and leaves its tokens there for the next call. */
export async function* generate(
  sequence: LlamaContextSequence,
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const { prompt, continues, maxTokens, vocabulary, reader, pace, emulated } = generation;
  const cachedTokens = await keepCommonPrefix(sequence, prompt);
  const rest = await prefill(sequence, prompt.slice(cachedTokens), pace, signal);
  yield { type: "start", emulated };

  const detokenizer = createDetokenizer(vocabulary, continues);
  const attach = createAttachment();
  const generated: Token[] = [];
  let reasoningTokens = 0;
  let isComplete = false;

  for await (const token of sequence.evaluate(rest, options(generation, generated))) {
    generated.push(token);
    if (vocabulary.ends.has(token) || sequence.model.isEogToken(token)) {
      isComplete = true;
      break;
    }
    const wasThinking = reader.isThinking();
    if (wasThinking) reasoningTokens++;
    const pieces = reader.push(detokenizer.push(token));
    const isText = !wasThinking && !reader.isThinking() && !reader.hasCalls();
    yield* attach(pieces, isText ? await chosen(sequence, generation, generated) : undefined);
    isComplete = reader.hasStopped();
    if (isComplete || generated.length >= maxTokens) break;
    signal.throwIfAborted();
  }

  if (!reader.hasStopped()) yield* attach([...reader.push(detokenizer.end()), ...reader.end()]);
  yield {
    type: "end",
    reason: reasonOf(isComplete, reader),
    promptTokens: prompt.length,
    completionTokens: generated.length,
    ...(reasoningTokens > 0 && { reasoningTokens }),
    cachedTokens,
  };
}

function options(
  { request, prompt, maxTokens, grammar, bias }: Generation,
  generated: readonly Token[],
): Parameters<LlamaContextSequence["evaluate"]>[1] {
  return {
    ...sampling(request, prompt, generated, maxTokens),
    ...(grammar && { grammarEvaluationState: grammar }),
    ...(bias && { tokenBias: bias }),
    yieldEogToken: true,
  };
}

function reasonOf(isComplete: boolean, reader: AnswerReader): "stop" | "length" | "toolCalls" {
  if (!isComplete) return "length";
  return reader.hasCalls() ? "toolCalls" : "stop";
}

/** The probabilities of the latest token, where the request wants them. */
async function chosen(
  sequence: LlamaContextSequence,
  { request, prompt, vocabulary }: Generation,
  generated: readonly Token[],
): Promise<ChosenToken | undefined> {
  const token = generated.at(-1);
  const last = generated.at(-2) ?? prompt.at(-1);
  if (request.topLogprobs === undefined || token === undefined || last === undefined) return undefined;
  return logprobsOf(sequence, last, token, request.topLogprobs, vocabulary);
}

/** Gives the tokens' probabilities out with the text that they are in, which may come later than they. */
function createAttachment(): (pieces: readonly AnswerPiece[], token?: ChosenToken) => readonly AnswerPiece[] {
  let waiting: ChosenToken[] = [];
  return (pieces, token) => {
    if (token) waiting.push(token);
    if (waiting.length === 0) return pieces;
    return pieces.map((piece) => {
      if (piece.type !== "text") return piece;
      const logprobs = waiting;
      waiting = [];
      return { ...piece, logprobs };
    });
  };
}

/**
 * Forgets what the sequence holds beyond the prompt's beginning; the last token stays out, for its logits are needed.
 */
async function keepCommonPrefix(sequence: LlamaContextSequence, prompt: readonly Token[]): Promise<number> {
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  return sequence.nextTokenIndex;
}

/**
 * Computes the prompt in slices, so that the signal can end it between two of them. @returns the last slice, still to
 * do.
 */
async function prefill(
  sequence: LlamaContextSequence,
  tokens: readonly Token[],
  pace: Pace,
  signal: AbortSignal,
): Promise<Token[]> {
  let done = 0;
  signal.throwIfAborted();
  while (tokens.length - done > pace.size()) {
    const slice = tokens.slice(done, done + pace.size());
    const start = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(slice);
    pace.learn(slice.length, performance.now() - start);
    done += slice.length;
    signal.throwIfAborted();
  }
  return tokens.slice(done);
}
