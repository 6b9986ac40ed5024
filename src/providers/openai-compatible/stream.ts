import type { ChatCompletionChunk, ChunkChoice, ToolCallDelta, Usage } from "../../api/chat.ts";
import type { ApiError } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import { createEventDecoder, type ServerSentEvent } from "../../upstream/sse.ts";
import { createEventReader } from "../event-reader.ts";
import type { ChatStream } from "../provider.ts";
import { translated } from "../translated.ts";
import { argumentsText, finishReason, newToolCallId, thinking, usage } from "./completion.ts";
import { errorIn } from "./error.ts";
import { createTextTemplate } from "./text-template.ts";

interface StreamOptions {
  readonly title: string;
  /** Whether the client asked for the usage: then `usage: null` stands on every other chunk, as OpenAI has it. */
  readonly withUsage: boolean;
  /** Makes the error of an event that bears one. */
  readonly failure: (status: number, text: string) => ApiError;
  /** An event could not be read and was passed over. */
  readonly onSkipped: () => void;
}

/** What must be remembered of one choice while its deltas pass. */
interface ChoiceState {
  finished: boolean;
  readonly toolCallIds: string[];
}

/**
 * A service's events as OpenAI's chunks; those that are so already pass through as they were written.
 *
 * The usage, wherever the service puts it, comes once, in a last chunk without choices.
 * @throws ApiError for an event that is an error, and when the stream ends before every choice has its finish reason.
 */
export function chunks(
  body: AsyncIterable<Uint8Array>,
  { title, withUsage, failure, onSkipped }: StreamOptions,
): ChatStream {
  const states = new Map<number, ChoiceState>();
  const reader = createEventReader(title, onSkipped);
  const texts = createTextTemplate(withUsage);
  let last: ChatCompletionChunk | undefined;
  let counted: Usage | undefined;

  return translated<ServerSentEvent, Json<ChatCompletionChunk>>(title, body, createEventDecoder(), {
    read({ data }, say) {
      const text = texts.match(data);
      if (text) return say(text);
      if (data === "[DONE]") return "over";
      const value = reader.read(data);
      if (!value) return;
      const status = errorIn(value);
      if (status !== undefined) throw failure(status, data);
      const chunk = value as ChatCompletionChunk;
      last = chunk;
      counted = usage(chunk) ?? counted;
      if ((chunk.choices ?? []).length === 0) return; // Azure's prompt filter, or the usage, which comes at the end

      const choices = chunk.choices.map((choice) => readChoice(choice, states));
      const isAsItCame =
        chunk.object === "chat.completion.chunk" && choices.every((choice, index) => choice === chunk.choices[index]);
      if (isAsItCame && isUsageFree(chunk, withUsage)) {
        texts.learn(data, chunk);
        say(Json.fromText(withUsage ? data : withoutNullUsage(data, chunk), chunk));
      } else {
        const repaired = repairedChunk(chunk, choices, withUsage);
        if (repaired.choices.length > 0) say(Json.fromValue(repaired));
      }
    },

    end(say) {
      const isWhole = states.size > 0 && [...states.values()].every((state) => state.finished);
      if (!last || !isWhole) throw reader.broke();
      if (counted) say(Json.fromValue(usageChunk(last, counted)));
    },
  });
}

function repairedChunk(
  chunk: ChatCompletionChunk,
  choices: readonly (ChunkChoice | undefined)[],
  withUsage: boolean,
): ChatCompletionChunk {
  const { usage: _, ...rest } = chunk;
  const left = choices.filter((choice) => choice !== undefined);
  return { ...rest, object: "chat.completion.chunk", choices: left, ...(withUsage && { usage: null }) };
}

/** No usage on it that the client must not see, or see elsewhere. */
function isUsageFree(chunk: ChatCompletionChunk, withUsage: boolean): boolean {
  const quiet = chunk.usage === undefined || chunk.usage === null;
  return (
    quiet &&
    chunk["x_groq"] === undefined &&
    (withUsage || chunk.choices.every((choice) => choice["usage"] === undefined))
  );
}

const NULL_USAGE = ',"usage":null}';

/** Nobody but us asked for the usage, so its `null` on every chunk goes; nearly always it stands at the end. */
function withoutNullUsage(data: string, chunk: ChatCompletionChunk): string {
  if (chunk.usage === undefined) return data;
  if (data.endsWith(NULL_USAGE)) return `${data.slice(0, -NULL_USAGE.length)}}`;
  const { usage: _, ...rest } = chunk;
  return JSON.stringify(rest);
}

function usageChunk(last: ChatCompletionChunk, usage: Usage): ChatCompletionChunk {
  const { id, created, model } = last;
  return { id, object: "chat.completion.chunk", created, model, choices: [], usage };
}

/** One choice put right: the same object where nothing was wrong, undefined where nothing is left of it. */
function readChoice(choice: ChunkChoice, states: Map<number, ChoiceState>): ChunkChoice | undefined {
  const index = Number(choice.index ?? 0);
  const state = states.get(index) ?? { finished: false, toolCallIds: [] };
  states.set(index, state);

  const delta = readDelta(choice.delta ?? {}, state);
  const finish_reason = choice.finish_reason ? finishReason(choice.finish_reason, state.toolCallIds.length > 0) : null;
  const wasFinished = state.finished;
  state.finished ||= finish_reason !== null;
  if (wasFinished && finish_reason) return undefined; // a second end, after the first

  const isAsItCame =
    delta === choice.delta &&
    finish_reason === choice.finish_reason &&
    index === choice.index &&
    choice["usage"] === undefined;
  if (isAsItCame) return choice;
  const { usage: _, ...rest } = choice;
  return { ...rest, index, delta, finish_reason };
}

function readDelta(delta: ChunkChoice["delta"], state: ChoiceState): ChunkChoice["delta"] {
  const changes: Record<string, unknown> = thinking(delta);
  if (delta.role !== undefined && delta.role !== "assistant") changes["role"] = delta.role ? "assistant" : undefined;
  if (delta.tool_calls === null || delta.tool_calls?.length === 0) changes["tool_calls"] = undefined;
  else if (delta.tool_calls !== undefined) {
    const calls = delta.tool_calls.map((call) => readToolCall(call, state));
    if (calls.some((call, i) => call !== delta.tool_calls?.[i])) changes["tool_calls"] = calls;
  }
  return Object.keys(changes).length === 0 ? delta : { ...delta, ...changes };
}

/** Where there is no `index`, the same id means the same call and a new id the next one; empty ids and names go. */
function readToolCall(call: ToolCallDelta, { toolCallIds }: ChoiceState): ToolCallDelta {
  const index = callIndex(call, toolCallIds);
  const isFirst = toolCallIds[index] === undefined;
  const id = isFirst ? call.id || newToolCallId() : undefined;
  if (id !== undefined) toolCallIds[index] = id;

  const isPlain = typeof call.function?.arguments === "string" || call.function?.arguments === undefined;
  const isAsItCame = isFirst
    ? call.index === index && call.id === id && Boolean(call.type) && isPlain
    : call.index === index && !("id" in call) && isPlain && call.function?.name === undefined;
  if (isAsItCame) return call;

  const { id: _, type, function: called, ...rest } = call;
  const { name, arguments: pieces, ...others } = called ?? {};
  return {
    ...rest,
    index,
    ...(id === undefined ? {} : { id, type: type || "function" }),
    ...(called && {
      function: {
        ...others,
        ...(isFirst && name ? { name } : {}),
        ...(pieces === undefined ? {} : { arguments: argumentsText(pieces) }),
      },
    }),
  };
}

function callIndex(call: ToolCallDelta, ids: readonly string[]): number {
  if (typeof call.index === "number") return call.index;
  if (!call.id) return Math.max(0, ids.length - 1);
  const known = ids.indexOf(call.id);
  return known >= 0 ? known : ids.length;
}
