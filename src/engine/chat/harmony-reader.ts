import type { AnswerPiece, AnswerReader } from "./answer.ts";
import { createHarmonyMessages, type HarmonyEvent } from "./harmony-messages.ts";
import type { HarmonyMessage } from "./harmony.ts";
import { createStopFilter } from "./stop.ts";

export interface HarmonyReaderOptions {
  /** The answer goes on inside a message for the user. */
  readonly continues: boolean;
  /** Without tools, what would be a call is a thought. */
  readonly hasTools: boolean;
  /** Looked for in the words for the user alone. */
  readonly stop: readonly string[];
}

const BETWEEN_MESSAGES = "\n\n";

/** Reads an answer in Harmony: `analysis` is thoughts, a call what is for a function, and the rest is text. */
export function createHarmonyReader({ continues, hasTools, stop }: HarmonyReaderOptions): AnswerReader {
  const messages = createHarmonyMessages(continues);
  const stopFilter = createStopFilter(stop);
  let message: HarmonyMessage = { kind: "text" };
  let isOpen = continues;
  let separator = "";
  const spoken = new Set<HarmonyMessage["kind"]>();
  let hasArguments = false;
  let hasCalls = false;
  let hasStopped = false;

  const read = (event: HarmonyEvent): readonly AnswerPiece[] => {
    if (hasStopped) return [];
    if (event.type === "open") return open(event.message);
    if (event.type === "words") return message.kind === "call" ? inArguments(event.words) : inWords(event.words);
    isOpen = false;
    return message.kind === "call" && !hasArguments ? [{ type: "arguments", text: "{}" }] : [];
  };

  const open = (next: HarmonyMessage): readonly AnswerPiece[] => {
    message = next.kind === "call" && !hasTools ? { kind: "thought" } : next;
    isOpen = true;
    separator = spoken.has(message.kind) ? BETWEEN_MESSAGES : "";
    if (message.kind !== "call") return [];
    hasCalls = true;
    hasArguments = false;
    return [{ type: "toolCall", name: message.name }];
  };

  const inArguments = (words: string): readonly AnswerPiece[] => {
    const text = hasArguments ? words : words.trimStart();
    hasArguments ||= text !== "";
    return text === "" ? [] : [{ type: "arguments", text }];
  };

  const inWords = (words: string): readonly AnswerPiece[] => {
    const text = separator + words;
    separator = "";
    spoken.add(message.kind);
    if (message.kind === "thought") return [{ type: "reasoning", text }];
    const next = stopFilter.push(text);
    hasStopped = next.stopped;
    return textPiece(next.text);
  };

  return {
    push: (words) => messages.push(words).flatMap(read),
    end() {
      const last = messages.end().flatMap(read);
      return hasStopped ? last : [...last, ...textPiece(stopFilter.end())];
    },
    hasStopped: () => hasStopped,
    hasCalls: () => hasCalls,
    // A header after thoughts belongs to them.
    isThinking: () => message.kind === "thought",
    isText: () => isOpen && message.kind === "text",
  };
}

function textPiece(text: string): readonly AnswerPiece[] {
  return text === "" ? [] : [{ type: "text", text }];
}
