import type {
  LlamaContextSequence,
  LlamaGrammarEvaluationState,
  SequenceEvaluateOptions,
  Token,
  TokenBias,
} from "node-llama-cpp";
import { EngineError } from "../errors.ts";
import type { ChosenToken, GenerateEvent } from "../model.ts";
import { createDetokenizer } from "../tokenizer/detokenizer.ts";
import type { AnswerPiece, AnswerReader } from "./answer.ts";
import { logprobsOf } from "./logprobs.ts";
import type { Pace } from "./pace.ts";
import { sampling, type SampledRequest } from "./sampling.ts";
import type { Slot, Slots } from "./slots.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/**
 * Slices of a prompt are given to one evaluation, and what it samples after each is left out: an evaluation for each slice
 * would leave behind a sampler as large as the vocabulary, which is freed only with the garbage.
 */
const UNUSED_SAMPLE: SequenceEvaluateOptions = { temperature: 0, topK: 1, yieldEogToken: true };

/** llama.cpp takes the one after these as "any seed". */
const SEEDS = 0xffff_ffff;

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

/** The slot in which an answer is computed; none while it waits for a larger one. */
interface Seat {
  slot: Slot<LlamaContextSequence> | undefined;
}

/** Computes an answer in a slot of its own, and leaves its tokens there for the next call. */
export async function* generate(
  slots: Slots<LlamaContextSequence>,
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const seat: Seat = { slot: await slots.take(generation.prompt, signal) };
  try {
    yield* answer(slots, seat, generation, signal);
  } catch (error) {
    // After a failure in the midst of a batch nobody knows what the cache holds.
    if (!signal.aborted && !(error instanceof EngineError)) await seat.slot?.sequence.clearHistory();
    throw error;
  } finally {
    if (seat.slot) slots.give(seat.slot);
  }
}

async function* answer(
  slots: Slots<LlamaContextSequence>,
  seat: Seat,
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const { prompt, continues, maxTokens, vocabulary, reader, emulated } = generation;
  const { rest, cachedTokens } = await prefill(seat, prompt, generation.pace, signal);
  yield { type: "start", emulated };

  const detokenizer = createDetokenizer(vocabulary, continues);
  const attach = createAttachment();
  const generated: Token[] = [];
  let reasoningTokens = 0;
  let isComplete = false;

  for await (const token of sampled(slots, seat, rest, generated, generation, signal)) {
    generated.push(token);
    const { sequence } = sitting(seat);
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

/**
 * The answer's tokens. Where they outgrow the slot, the next one goes on, with a seed of its own: so the text is the same
 * wherever it began.
 * @param rest the end of the prompt, still to be computed.
 * @param generated the tokens so far; whoever takes one adds it.
 */
async function* sampled(
  slots: Slots<LlamaContextSequence>,
  seat: Seat,
  rest: readonly Token[],
  generated: readonly Token[],
  generation: Generation,
  signal: AbortSignal,
): AsyncGenerator<Token> {
  const { prompt, pace } = generation;
  const room = (): number => slots.roomAfter(prompt.length + generated.length);
  const chosen = options(generation, generated);
  for (let next = rest, round = 0; ; round++) {
    const roomBefore = room();
    const seed = ((chosen.seed ?? 0) + round) % SEEDS;
    for await (const token of sitting(seat).sequence.evaluate([...next], { ...chosen, seed })) {
      yield token;
      if (room() > roomBefore) break;
    }
    if (room() === roomBefore) return;
    const tokens = [...prompt, ...generated];
    await grow(slots, seat, tokens, signal);
    next = (await prefill(seat, tokens, pace, signal)).rest;
  }
}

async function grow(
  slots: Slots<LlamaContextSequence>,
  seat: Seat,
  tokens: readonly Token[],
  signal: AbortSignal,
): Promise<void> {
  const slot = sitting(seat);
  if (slot.room > tokens.length) return;
  seat.slot = undefined;
  seat.slot = await slots.grow(slot, tokens, signal);
}

function sitting({ slot }: Seat): Slot<LlamaContextSequence> {
  if (slot === undefined) throw new TypeError("The answer has no slot.");
  return slot;
}

function options(
  { request, prompt, maxTokens, grammar, bias }: Generation,
  generated: readonly Token[],
): SequenceEvaluateOptions {
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
 * Computes the tokens that the sequence does not hold yet, in slices, so that the signal can end it between two of them.
 * @returns the last slice, at least one token, still to be computed: its logits are needed.
 */
async function prefill(
  seat: Seat,
  tokens: readonly Token[],
  pace: Pace,
  signal: AbortSignal,
): Promise<{ readonly rest: readonly Token[]; readonly cachedTokens: number }> {
  const { sequence } = sitting(seat);
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const cachedTokens = sequence.nextTokenIndex;
  let done = cachedTokens;
  let steps: ReturnType<LlamaContextSequence["evaluate"]> | undefined;
  signal.throwIfAborted();
  try {
    while (tokens.length - done > pace.size()) {
      const slice = tokens.slice(done, done + pace.size());
      const start = performance.now();
      steps ??= sequence.evaluate(slice, UNUSED_SAMPLE);
      await steps.next(slice); // the first slice is taken from the line above
      pace.learn(slice.length, performance.now() - start);
      done += slice.length;
      signal.throwIfAborted();
    }
  } finally {
    await steps?.return();
  }
  return { rest: tokens.slice(done), cachedTokens };
}
