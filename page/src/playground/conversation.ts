import type { ChatCompletionRequest, ContentPart, Message, ToolCall, Usage } from "../../../src/api/chat.ts";
import { requestFields, type Settings } from "./settings.ts";

/** One talk with one to four models at once: each has its lane, the answers to the same words of the user's. */
export interface Conversation {
  readonly id: string;
  /** Given by the user; without it, the beginning of what was said. */
  readonly title?: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly models: readonly string[];
  readonly settings: Settings;
  readonly turns: readonly Turn[];
}

export interface Turn {
  readonly input: Input;
  /** By lane. */
  readonly answers: readonly Answer[];
}

/** What a turn begins with. */
export type Input =
  /** @property images data URLs. */
  | { readonly kind: "words"; readonly text: string; readonly images: readonly string[] }
  /** @property results by the id of the tool's call, those of all lanes. */
  | { readonly kind: "tool_results"; readonly results: Readonly<Record<string, string>> };

export interface Answer {
  readonly model: string;
  readonly state: "waiting" | "streaming" | "done" | "stopped" | "failed";
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** What the server said while it was waited for. */
  readonly waitsFor?: string;
  readonly failure?: { readonly message: string; readonly code?: string | undefined };
  readonly finishReason?: string;
  /** Who answered, where that is another name than the one asked for. */
  readonly answeredBy?: string;
  readonly usage?: Usage;
  readonly requestId?: string;
  /** What the translation changed: `dropped=seed`. */
  readonly translation?: string;
  readonly firstTokenMs?: number;
  readonly durationMs?: number;
  /** Null where no price is known. */
  readonly costUsd?: number | null;
}

export function isRunning({ state }: Answer): boolean {
  return state === "waiting" || state === "streaming";
}

const MAX_TITLE = 60;

/** Undefined for one in which nothing was said. */
export function titleOf({ title, turns }: Conversation): string | undefined {
  const [first] = turns;
  const words = title ?? (first?.input.kind === "words" ? first.input.text : undefined);
  const line = words?.trim().split("\n", 1)[0];
  if (line === undefined || line === "") return first ? "…" : undefined;
  return line.length > MAX_TITLE ? `${line.slice(0, MAX_TITLE - 1)}…` : line;
}

/**
 * The request for the answer of one lane to the last of these turns.
 *
 * @param turns up to the one that is to be answered, whose answers do not matter.
 */
export function chatRequest(
  { models, settings }: Pick<Conversation, "models" | "settings">,
  turns: readonly Turn[],
  lane: number,
): ChatCompletionRequest {
  const past = turns.slice(0, -1).flatMap((turn) => pastMessages(turn, lane));
  const last = turns.at(-1);
  return {
    model: models[lane] ?? "",
    messages: [
      ...(settings.system.trim() === "" ? [] : [{ role: "system", content: settings.system } as const]),
      ...past,
      ...(last ? inputMessages(last.input, past.at(-1)?.tool_calls ?? []) : []),
    ],
    ...requestFields(settings),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** A turn that was not answered is left out whole: models take no two messages of the user's in a row. */
function pastMessages({ input, answers }: Turn, lane: number): readonly Message[] {
  const answer = answers[lane] ?? answers[0];
  if (!answer || (answer.content === "" && answer.toolCalls.length === 0)) return [];
  const { content, toolCalls } = answer;
  const said: Message = { role: "assistant", content, ...(toolCalls.length > 0 && { tool_calls: toolCalls }) };
  return [...inputMessages(input), said];
}

/** @param calls those that this lane's model waits for; without them, all results are its. */
function inputMessages(input: Input, calls?: readonly ToolCall[]): readonly Message[] {
  if (input.kind === "words") return [{ role: "user", content: userContent(input.text, input.images) }];
  const entries = Object.entries(input.results);
  const own = calls ? entries.filter(([id]) => calls.some((call) => call.id === id)) : entries;
  return own.map(([id, result]) => ({ role: "tool", tool_call_id: id, content: result }));
}

function userContent(text: string, images: readonly string[]): string | readonly ContentPart[] {
  if (images.length === 0) return text;
  const pictures = images.map((url): ContentPart => ({ type: "image_url", image_url: { url } }));
  return text === "" ? pictures : [{ type: "text", text }, ...pictures];
}
