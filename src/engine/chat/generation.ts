import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { GenerateEvent } from "../model.ts";
import { createDetokenizer } from "../tokenizer/detokenizer.ts";
import type { Pace } from "./pace.ts";
import { sampling, type SampledRequest } from "./sampling.ts";
import { createStopFilter } from "./stop.ts";
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
  readonly pace: Pace;
}

/** Computes an answer in a sequence that nobody else uses meanwhile, and leaves its tokens there for the next call. */
export async function* generate(
  sequence: LlamaContextSequence,
  { request, prompt, continues, maxTokens, vocabulary, pace }: Generation,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const cachedTokens = await keepCommonPrefix(sequence, prompt);
  const rest = await prefill(sequence, prompt.slice(cachedTokens), pace, signal);

  const detokenizer = createDetokenizer(vocabulary, continues);
  const stop = createStopFilter(request.stop);
  const generated: Token[] = [];
  let reason: "stop" | "length" = "length";
  let stopped = false;

  const options = { ...sampling(request, generated, maxTokens), yieldEogToken: true };
  for await (const token of sequence.evaluate(rest, options)) {
    generated.push(token);
    if (vocabulary.ends.has(token) || sequence.model.isEogToken(token)) {
      reason = "stop";
      break;
    }
    const next = stop.push(detokenizer.push(token));
    if (next.text !== "") yield { type: "text", text: next.text };
    if (next.stopped) {
      reason = "stop";
      stopped = true;
      break;
    }
    if (generated.length >= maxTokens) break;
    signal.throwIfAborted();
  }

  const held = stopped ? "" : lastText(stop, detokenizer.end());
  if (held !== "") yield { type: "text", text: held };
  yield { type: "end", reason, promptTokens: prompt.length, completionTokens: generated.length, cachedTokens };
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

function lastText(stop: ReturnType<typeof createStopFilter>, rest: string): string {
  const { text, stopped } = stop.push(rest);
  return stopped ? text : text + stop.end();
}
