import type { ChatCompletionChunk, ChunkChoice, ToolCallDelta, Usage } from "../../api/chat.ts";
import { type ApiError, upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import type { ServerSentEvent } from "../../upstream/sse.ts";
import { argumentsText, finishReason, newToolCallId, thinking, usage } from "./completion.ts";
import { errorIn } from "./error.ts";

interface StreamOptions {
  readonly title: string;
  /** Whether the client asked for the usage: then `usage: null` stands on every other chunk, as OpenAI has it. */
  readonly withUsage: boolean;
  /** Makes the error of an event that bears one. */
  readonly failure: (status: number, text: string) => ApiError;
  /** An event could not be read, and shows no sign of having said anything: the rest decides whether the answer is whole. */
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
export async function* chunks(
  events: AsyncIterable<ServerSentEvent>,
  options: StreamOptions,
): AsyncGenerator<Json<ChatCompletionChunk>> {
  const states = new Map<number, ChoiceState>();
  let last: ChatCompletionChunk | undefined;
  let counted: Usage | undefined;
  let unreadable: ApiError | undefined;

  for await (const { data } of events) {
    if (data === "[DONE]") break;
    const chunk = parse(data, options);
    if (!chunk) {
      unreadable ??= upstreamUnreadable(options.title);
      if (SPEAKS.test(data)) throw unreadable;
      options.onSkipped();
      continue;
    }
    last = chunk;
    counted = usage(chunk) ?? counted;
    if ((chunk.choices ?? []).length === 0) continue; // Azure's prompt filter, or the usage, which comes at the end

    const choices = chunk.choices.map((choice) => readChoice(choice, states));
    const isAsItCame =
      chunk.object === "chat.completion.chunk" && choices.every((choice, index) => choice === chunk.choices[index]);
    if (isAsItCame && isUsageFree(chunk, options.withUsage)) {
      yield Json.fromText(options.withUsage ? data : withoutNullUsage(data, chunk), chunk);
    } else {
      const { usage: _, ...rest } = chunk;
      const value = {
        ...rest,
        object: "chat.completion.chunk",
        choices: choices.filter((c) => c !== undefined),
      } as const;
      if (value.choices.length > 0)
        yield Json.fromValue<ChatCompletionChunk>(options.withUsage ? { ...value, usage: null } : value);
    }
  }

  if (!last || states.size === 0 || [...states.values()].some((state) => !state.finished)) {
    throw unreadable ?? upstreamBroke(options.title);
  }
  if (counted) yield Json.fromValue(usageChunk(last, counted));
}

/** The beginning of a text, a thought or an argument: without this event, the answer would have a hole. */
const SPEAKS = /"(content|refusal|reasoning|reasoning_content|name|arguments)"\s*:\s*"[^"]/;

/** @returns undefined for what is no JSON. */
function parse(data: string, { title, failure }: StreamOptions): ChatCompletionChunk | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined; // the caller says what to make of it
  }
  if (typeof value !== "object" || value === null) throw upstreamUnreadable(title);
  const status = errorIn(value);
  if (status !== undefined) throw failure(status, data);
  return value as ChatCompletionChunk;
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
  else if (delta.tool_calls) {
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
