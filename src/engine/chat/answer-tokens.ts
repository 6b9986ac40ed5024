import type { LlamaModel, Token } from "node-llama-cpp";
import type { SamplerSettings } from "./addon.ts";
import { type Choice, type Chooser, createChooser, withLogprobs } from "./chooser.ts";
import type { Malformed } from "./malformed.ts";
import type { Pace } from "./pace.ts";
import { type SampledRequest, sampling, seedOf } from "./sampling.ts";
import type { Sequence } from "./sequence.ts";
import type { Slot, Slots } from "./slots.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/**
 * The last tokens of a prompt, which the next one of the same conversation may not have: they open the answer, and what a
 * model thought at its beginning is not there any more.
 */
const UNMARKED = 32;

/** How an answer's tokens are computed. */
export interface AnswerTokensOptions {
  readonly model: LlamaModel;
  readonly request: SampledRequest;
  readonly prompt: readonly Token[];
  /** At most this many tokens, at least one; prompt and answer fit into the context. */
  readonly maxTokens: number;
  readonly vocabulary: ChatVocabulary;
  readonly pace: Pace;
  /** A grammar, beside which nothing may come, and what is added to the logits. */
  readonly bound: Pick<SamplerSettings, "grammarEvaluationState" | "tokenBiasKeys" | "tokenBiasValues">;
  /** What must not come although the grammar allows it; without a grammar, nothing. */
  readonly malformed?: Malformed;
}

/** An answer's tokens, one after the other. */
export interface AnswerTokens {
  /** Computes the prompt but for its end. @returns how many of its tokens were computed before. */
  prefill(): Promise<number>;
  next(): Promise<Choice>;
  /** Leaves the tokens in their slot for the next call. */
  end(): void;
}

/**
 * Takes a slot for an answer. Where the tokens outgrow it, they go on in a larger one, with a seed of its own: so the text
 * is the same wherever it began.
 */
export async function createAnswerTokens(
  slots: Slots<Sequence>,
  options: AnswerTokensOptions,
  signal: AbortSignal,
): Promise<AnswerTokens> {
  const { request, prompt, pace } = options;
  const seed = seedOf(request);
  const generated: Token[] = [];
  /** None while it waits for a larger one. */
  let slot: Slot<Sequence> | undefined = await slots.take(prompt, signal);
  let room = slots.roomAfter(prompt.length);
  let chooser: Chooser | undefined;
  let rest = prompt;
  let round = 0;

  /** Leaves the last tokens, at least one, to be computed: their logits are needed. */
  async function prefill(tokens: readonly Token[]): Promise<number> {
    const { sequence } = sitting(slot);
    await sequence.keep(sequence.fit(tokens));
    const held = sequence.held();
    rest = tokens.slice(held);
    signal.throwIfAborted();
    const beforeMark = (): number => (sequence.needsMark ? rest.length - UNMARKED : 0);
    while (rest.length > pace.size() || beforeMark() > 0) {
      const slice = rest.slice(0, beforeMark() > 0 ? Math.min(pace.size(), beforeMark()) : pace.size());
      rest = rest.slice(slice.length);
      const start = performance.now();
      await sequence.read(slice);
      pace.learn(slice.length, performance.now() - start);
      if (sequence.needsMark && rest.length === UNMARKED) await sequence.mark();
      signal.throwIfAborted();
    }
    return held;
  }

  async function next(): Promise<Choice> {
    if (slots.roomAfter(prompt.length + generated.length) > room) await move();
    chooser ??= newChooser(options, generated, seed + round);
    const choice = await sitting(slot).sequence.next(rest, chooser.choose);
    rest = [choice.token];
    generated.push(choice.token);
    return choice;
  }

  async function move(): Promise<void> {
    const tokens = [...prompt, ...generated];
    room = slots.roomAfter(tokens.length);
    round++;
    chooser?.dispose();
    chooser = undefined;
    if (sitting(slot).room > tokens.length) return;
    const outgrown = sitting(slot);
    slot = undefined;
    slot = await slots.grow(outgrown, tokens, signal);
    await prefill(tokens);
  }

  return {
    prefill: () => prefill(prompt),
    next,
    end() {
      chooser?.dispose();
      if (slot) slots.give(slot);
    },
  };
}

function sitting(slot: Slot<Sequence> | undefined): Slot<Sequence> {
  if (slot === undefined) throw new TypeError("The answer has no slot.");
  return slot;
}

function newChooser(options: AnswerTokensOptions, generated: readonly Token[], seed: number): Chooser {
  const { model, request, prompt, maxTokens, vocabulary, bound, malformed } = options;
  const settings = (): SamplerSettings => ({ ...sampling(request, prompt, generated, maxTokens, seed), ...bound });
  const chooser = createChooser(model, settings, malformed && (() => malformed(generated.at(-1))));
  const { topLogprobs: top } = request;
  return top === undefined ? chooser : withLogprobs(chooser, model, { top, vocabulary });
}
