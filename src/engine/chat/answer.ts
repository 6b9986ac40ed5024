import type { GenerateEvent, ToolFunction } from "../model.ts";
import { createStopFilter } from "./stop.ts";
import { createThoughtFilter, type Parted, type ThoughtTags } from "./thoughts.ts";
import { createToolCallReader } from "./tool-calls.ts";
import type { ToolFormat } from "./tool-format.ts";

/** A piece of an answer, by what it is. */
export type AnswerPiece = Extract<GenerateEvent, { type: "text" | "reasoning" | "toolCall" | "arguments" }>;

/** Takes a model's words apart into thoughts, text and tool calls, while they come. */
export interface AnswerReader {
  push(words: string): readonly AnswerPiece[];
  /** What was held back, when the model has no more to say. */
  end(): readonly AnswerPiece[];
  /** Whether a stop string is complete: then nothing more may be pushed. */
  hasStopped(): boolean;
  hasCalls(): boolean;
  isThinking(): boolean;
  /** Whether what comes next may be text. */
  isText(): boolean;
}

export interface AnswerOptions {
  readonly thoughts: ThoughtTags;
  /** Whether the prompt has opened the thoughts already. */
  readonly isThinking: boolean;
  /** Without tools, what looks like a call is text. */
  readonly tools?: { readonly format: ToolFormat; readonly functions: readonly ToolFunction[] };
  /** Looked for in the text alone: neither in thoughts nor in calls. */
  readonly stop: readonly string[];
}

export function createAnswerReader({ thoughts, isThinking, tools, stop }: AnswerOptions): AnswerReader {
  const filter = createThoughtFilter(thoughts, isThinking);
  const calls = tools && createToolCallReader(tools.format, tools.functions);
  const stopFilter = createStopFilter(stop);
  let hasStopped = false;
  let hasCalls = false;

  const inText = (text: string): readonly AnswerPiece[] => {
    if (text === "" || hasStopped) return [];
    const next = stopFilter.push(text);
    hasStopped = next.stopped;
    return textPiece(next.text);
  };

  const inWords = (pieces: ReturnType<NonNullable<typeof calls>["push"]>): readonly AnswerPiece[] =>
    pieces.flatMap((piece) => {
      if (piece.type === "text") return inText(piece.text);
      hasCalls = true;
      return hasStopped ? [] : [piece];
    });

  const read = ({ thought, text }: Parted): readonly AnswerPiece[] => [
    ...(thought === "" ? [] : [{ type: "reasoning", text: thought } as const]),
    ...(calls ? inWords(calls.push(text)) : inText(text)),
  ];

  return {
    push: (words) => read(filter.push(words)),
    end() {
      const last = [...read(filter.end()), ...(calls ? inWords(calls.end()) : [])];
      return hasStopped ? last : [...last, ...textPiece(stopFilter.end())];
    },
    hasStopped: () => hasStopped,
    hasCalls: () => hasCalls,
    isThinking: () => filter.isThinking(),
    isText: () => !filter.isThinking() && !hasCalls,
  };
}

function textPiece(text: string): readonly AnswerPiece[] {
  return text === "" ? [] : [{ type: "text", text }];
}
