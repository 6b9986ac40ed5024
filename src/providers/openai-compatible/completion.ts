import { randomBytes } from "node:crypto";
import { ApiError } from "../../api/error.ts";
import type { AssistantMessage, ChatCompletion, Choice, FinishReason, ToolCall, Usage } from "../../api/chat.ts";
import { say } from "../../messages/say.ts";

/** A part of an answer as read: the same object where the service already writes what OpenAI would. */
export interface Reading<T> {
  readonly value: T;
  readonly isAsItCame: boolean;
}

/** A whole answer with the quirks of compatible servers put right. Fields that we do not know stay. */
export function completion(answer: ChatCompletion): Reading<ChatCompletion> {
  const choices = (answer.choices ?? []).map(choice);
  const counted = usage(answer);
  const isAsItCame =
    choices.every((reading) => reading.isAsItCame) && counted === answer.usage && answer.object === "chat.completion";
  if (isAsItCame) return { value: answer, isAsItCame };
  return {
    value: {
      ...answer,
      object: "chat.completion",
      choices: choices.map(({ value }) => value),
      ...(counted && { usage: counted }),
    },
    isAsItCame,
  };
}

function choice(choice: Choice, index: number): Reading<Choice> {
  const message = assistantMessage(choice.message);
  const calls = (message.value.tool_calls?.length ?? 0) > 0;
  const finish_reason = finishReason(choice.finish_reason, calls);
  const isAsItCame = message.isAsItCame && finish_reason === choice.finish_reason && typeof choice.index === "number";
  if (isAsItCame) return { value: choice, isAsItCame };
  return {
    value: { ...choice, index: Number(choice.index ?? index), message: message.value, finish_reason },
    isAsItCame,
  };
}

function assistantMessage(message: AssistantMessage): Reading<AssistantMessage> {
  const changes: Record<string, unknown> = {};
  Object.assign(changes, thinking(message));
  if (message.role !== "assistant") changes["role"] = "assistant";
  if (message.tool_calls === null || message.tool_calls?.length === 0) changes["tool_calls"] = undefined;
  else if (message.tool_calls?.some((call) => !isToolCall(call)))
    changes["tool_calls"] = message.tool_calls.map(toolCall);
  if (message.content === "" && (message.tool_calls?.length ?? 0) > 0) changes["content"] = null;
  if (message.content === undefined) changes["content"] = null;
  const isAsItCame = Object.keys(changes).length === 0;
  return { value: isAsItCame ? message : { ...message, ...changes }, isAsItCame };
}

/**
 * The fields of a message or delta that say what the model thought, under the name that we give out:
 * `reasoning` (OpenRouter, Groq, newer vLLM) becomes `reasoning_content` too, and a content that is a list with
 * `thinking` parts (Mistral) is taken apart.
 */
export function thinking(message: { readonly [field: string]: unknown }): Record<string, unknown> {
  const { content, reasoning, reasoning_content } = message;
  if (Array.isArray(content)) {
    const parts = content as readonly { type?: string; text?: string; thinking?: readonly { text?: string }[] }[];
    const thought = parts.flatMap((part) => part.thinking ?? []).map((part) => part.text ?? "");
    const text = parts.filter((part) => part.type === "text").map((part) => part.text ?? "");
    return {
      content: text.length > 0 ? text.join("") : null,
      ...(thought.length > 0 ? { reasoning_content: thought.join("") } : {}),
    };
  }
  return typeof reasoning === "string" && reasoning_content == null ? { reasoning_content: reasoning } : {};
}

function isToolCall(call: ToolCall): boolean {
  return Boolean(call.id && call.type) && (!call.function || typeof call.function.arguments === "string");
}

function toolCall(call: ToolCall): ToolCall {
  return {
    ...call,
    id: call.id || newToolCallId(),
    type: call.type || "function",
    ...(call.function && { function: { ...call.function, arguments: argumentsText(call.function.arguments) } }),
  };
}

export function newToolCallId(): string {
  return `call_${randomBytes(12).toString("hex")}`;
}

/** Arguments are JSON in a string; some servers send the object itself. */
export function argumentsText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? {});
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  stop_sequence: "stop",
  end_turn: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  tool_use: "tool_calls",
  function_call: "function_call",
  content_filter: "content_filter",
  sensitive: "content_filter",
  safety: "content_filter",
};

/** Reasons that are none, with the status that each should have had. */
const FAILURES: Readonly<Record<string, number>> = {
  error: 502,
  network_error: 502,
  insufficient_system_resource: 503,
};

/**
 * A service's reason in OpenAI's vocabulary, and true to the answer: `tool_calls` if and only if there are some.
 * @throws ApiError 502 or 503 where the reason says that the answer failed.
 */
export function finishReason(reason: string | null | undefined, hasToolCalls: boolean): FinishReason {
  const failed = FAILURES[reason ?? ""];
  if (failed !== undefined) {
    throw new ApiError(failed, "api_error", say.brokeOff(String(reason)), {
      code: "upstream_incomplete",
    });
  }
  const known = FINISH_REASONS[reason ?? "stop"] ?? "stop";
  if (known === "stop" && hasToolCalls) return "tool_calls";
  return known === "tool_calls" && !hasToolCalls ? "stop" : known;
}

/** The usage of an answer or chunk wherever the service puts it, counted as OpenAI counts. */
export function usage(answer: {
  readonly usage?: Usage | null;
  readonly choices?: readonly { readonly [field: string]: unknown }[];
  readonly [field: string]: unknown;
}): Usage | undefined {
  const groq = answer["x_groq"] as { usage?: Usage } | null | undefined;
  const found = answer.usage ?? groq?.usage ?? (answer.choices?.[0]?.["usage"] as Usage | undefined);
  if (!found || typeof found.prompt_tokens !== "number") return undefined;
  return withReasoning(withCached(found));
}

/** DeepSeek and Moonshot put the cached tokens in fields of their own. */
function withCached(usage: Usage): Usage {
  const cached = usage["prompt_cache_hit_tokens"] ?? usage["cached_tokens"];
  if (typeof cached !== "number" || usage.prompt_tokens_details?.cached_tokens !== undefined) return usage;
  return { ...usage, prompt_tokens_details: { ...usage.prompt_tokens_details, cached_tokens: cached } };
}

/** xAI counts reasoning in the total, but not in `completion_tokens`. */
function withReasoning(usage: Usage): Usage {
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const isLeftOut = reasoning > 0 && usage.total_tokens === usage.prompt_tokens + usage.completion_tokens + reasoning;
  return isLeftOut ? { ...usage, completion_tokens: usage.completion_tokens + reasoning } : usage;
}
