import type { ChatCompletionRequest, ContentPart, Message } from "../../src/api/chat.ts";
import type { SeenCall } from "../fakes/openai.ts";
import { type Heard, type Refusal, type Said, USAGE } from "./fake-model.ts";
import { dataOf, newId, pieces, saysStream, sse, type Vendor } from "./vendor.ts";

/** How a vendor's chat completions differ from OpenAI's. */
export interface Differences {
  /** A thought in an answer, and back from a message; left out by a vendor that shows none. */
  readonly thoughts?: { readonly write: (thought: string) => object; readonly read: (message: Message) => unknown };
  /** Whether the answer has to be JSON: unless told otherwise, where `response_format` says so. */
  readonly wantsJson?: (request: ChatCompletionRequest) => boolean;
  /** What every whole answer and last event bears besides. */
  readonly extra?: object;
  /** Whether a stream ends with the whole message once more, in place of `[DONE]`. */
  readonly repeatsMessage?: boolean;
}

type Wire = Pick<Vendor, "hear" | "whole" | "stream" | "isStream" | "streamType" | "refusal">;

/** OpenAI's wire. Source: https://platform.openai.com/docs/api-reference/chat */
export function chatCompletions(differences: Differences = {}): Wire {
  return {
    hear: ({ text }) => hear(JSON.parse(text) as ChatCompletionRequest, differences),
    whole: (said, call) => whole(said, call, differences),
    stream: (said, call) => stream(said, call, differences),
    isStream: saysStream,
    streamType: "text/event-stream",
    refusal,
  };
}

function hear(request: ChatCompletionRequest, { thoughts, wantsJson = hasFormat }: Differences): Heard {
  const { messages, tools, tool_choice: choice } = request;
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const content = messages[asked]?.content ?? "";
  const names = (tools ?? []).map((tool) => (tool["function"] as { name: string }).name);
  return {
    text: typeof content === "string" ? content : content.map(({ text }) => text ?? "").join(""),
    images: typeof content === "string" ? [] : content.flatMap(imageData),
    tools: choice === "none" ? [] : names,
    forcedTool: choice === "required" ? names[0] : (choice as { function?: { name: string } } | null)?.function?.name,
    wantsJson: wantsJson(request),
    steps: messages.slice(asked).flatMap((message) => {
      const called = (message.tool_calls ?? []).map((call) => call.function?.name ?? "");
      const thought = thoughts?.read(message);
      return called.length > 0 ? [{ thought: typeof thought === "string" ? thought : undefined, called }] : [];
    }),
    wantsThoughts: thoughts !== undefined,
  };
}

function hasFormat({ response_format: format }: ChatCompletionRequest): boolean {
  return format != null && format.type !== "text";
}

function imageData(part: ContentPart): readonly string[] {
  const { url } = (part["image_url"] ?? {}) as { readonly url?: string };
  return url === undefined ? [] : [dataOf(url)];
}

const COUNTED = {
  prompt_tokens: USAGE.prompt,
  completion_tokens: USAGE.completion,
  total_tokens: USAGE.total,
};

function head(call: SeenCall, object: string): object {
  return { id: newId("chatcmpl-"), object, created: 1_700_000_000, model: call.body.model };
}

function toolCalls({ calls }: Said) {
  return calls.map(({ name, arguments: args }) => ({
    id: newId("call_"),
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
}

function message(said: Said, calls: ReturnType<typeof toolCalls>, { thoughts }: Differences): object {
  return {
    role: "assistant",
    content: calls.length > 0 ? null : said.text,
    refusal: null,
    ...thoughts?.write(said.thought),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function whole(said: Said, call: SeenCall, differences: Differences): object {
  const calls = toolCalls(said);
  const finish_reason = calls.length > 0 ? "tool_calls" : "stop";
  const choices = [{ index: 0, message: message(said, calls, differences), logprobs: null, finish_reason }];
  return { ...head(call, "chat.completion"), choices, usage: COUNTED, ...differences.extra };
}

function stream(said: Said, call: SeenCall, differences: Differences): readonly string[] {
  const { thoughts, repeatsMessage = false, extra } = differences;
  const calls = toolCalls(said);
  const base = head(call, "chat.completion.chunk");
  const wantsUsage = call.body.stream_options?.include_usage === true;
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...(wantsUsage && { usage: null }),
  });
  const finish_reason = calls.length > 0 ? "tool_calls" : "stop";
  const counted = { ...base, choices: [], usage: COUNTED };
  const repeated = {
    ...base,
    object: "chat.completion",
    choices: [{ index: 0, message: message(said, calls, differences), finish_reason }],
    usage: COUNTED,
    ...extra,
  };
  const events = [
    chunk({ role: "assistant", content: "" }),
    ...(thoughts ? pieces(said.thought).map((piece) => chunk({ ...thoughts.write(piece) })) : []),
    ...pieces(said.text).map((content) => chunk({ content })),
    ...calls.flatMap((one, index) => callDeltas(one, index).map((delta) => chunk({ tool_calls: [delta] }))),
    ...(repeatsMessage ? [repeated] : [chunk({}, finish_reason)]),
  ];
  const end = repeatsMessage ? [] : [...(wantsUsage ? [sse(counted)] : []), "data: [DONE]\n\n"];
  return [...events.map((event) => sse(event)), ...end];
}

function callDeltas(call: ReturnType<typeof toolCalls>[number], index: number): readonly object[] {
  const { id, type, function: called } = call;
  return [
    { index, id, type, function: { name: called.name, arguments: "" } },
    ...pieces(called.arguments).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

const TYPES: Readonly<Record<number, { readonly type: string; readonly code: string | null }>> = {
  400: { type: "invalid_request_error", code: null },
  401: { type: "invalid_request_error", code: "invalid_api_key" },
  404: { type: "invalid_request_error", code: "model_not_found" },
  429: { type: "requests", code: "rate_limit_exceeded" },
};

function refusal({ status, message: text }: Refusal): ReturnType<Vendor["refusal"]> {
  return { status, body: { error: { message: text, param: null, ...TYPES[status] } } };
}
