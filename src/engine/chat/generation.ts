import type { Token } from "node-llama-cpp";
import type { ChosenToken, GenerateEvent } from "../model.ts";
import { createDetokenizer } from "../tokenizer/detokenizer.ts";
import { type AnswerTokensOptions, createAnswerTokens } from "./answer-tokens.ts";
import type { AnswerPiece, AnswerReader } from "./answer.ts";
import type { Sequence } from "./sequence.ts";
import type { Slots } from "./slots.ts";

/** One answer to be computed. */
export interface Generation extends AnswerTokensOptions {
  /** The answer goes on inside the prompt's last message. */
  readonly continues: boolean;
  readonly reader: AnswerReader;
  readonly emulated: readonly "tools"[];
}

/** Computes an answer in a slot of its own, and leaves its tokens there for the next call. */
export async function* generate(
  slots: Slots<Sequence>,
  prepare: () => Promise<Generation>,
  signal: AbortSignal,
): AsyncGenerator<GenerateEvent> {
  const generation = await prepare();
  const { prompt, continues, maxTokens, vocabulary, reader, emulated } = generation;
  const tokens = await createAnswerTokens(slots, generation, signal);
  try {
    const cachedTokens = await tokens.prefill();
    yield { type: "start", emulated };

    const detokenizer = createDetokenizer(vocabulary, continues);
    const attach = createAttachment();
    let completionTokens = 0;
    let reasoningTokens = 0;
    let isComplete = false;
    while (!isComplete && completionTokens < maxTokens) {
      const { token, logprobs } = await tokens.next();
      signal.throwIfAborted();
      completionTokens++;
      if (isEnd(token, generation)) {
        isComplete = true;
        break;
      }
      if (reader.isThinking()) reasoningTokens++;
      const wasText = reader.isText();
      const pieces = reader.push(detokenizer.push(token));
      const isText = wasText && reader.isText();
      isComplete = reader.hasStopped();
      for (const piece of attach(pieces, isText ? logprobs : undefined)) yield piece;
    }

    if (!reader.hasStopped()) yield* attach([...reader.push(detokenizer.end()), ...reader.end()]);
    yield {
      type: "end",
      reason: reasonOf(isComplete, reader),
      promptTokens: prompt.length,
      completionTokens,
      ...(reasoningTokens > 0 && { reasoningTokens }),
      cachedTokens,
    };
  } finally {
    tokens.end();
  }
}

function isEnd(token: Token, { model, vocabulary }: Generation): boolean {
  return vocabulary.ends.has(token) || model.isEogToken(token);
}

function reasonOf(isComplete: boolean, reader: AnswerReader): "stop" | "length" | "toolCalls" {
  if (!isComplete) return "length";
  return reader.hasCalls() ? "toolCalls" : "stop";
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
