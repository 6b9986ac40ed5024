import type { ChatCompletionRequest, Message, Role, ToolCall } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { EditContext } from "../openai-compatible/index.ts";
import { type Capabilities, capabilities, effectiveEffort } from "./capabilities.ts";
import { MAX_CHAT_ID, shortId } from "./tool-ids.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What must change before OpenAI takes a request that was meant for any model. All else goes through as it was written.
 * Source: https://platform.openai.com/docs/api-reference/chat/create
 */
export function edit(body: ChatCompletionRequest, context: Pick<EditContext, "model" | "receipt">): Fields {
  const { receipt } = context;
  const model = capabilities(context.model);
  return {
    ...messages(body, model, receipt),
    ...maxTokens(body, model, receipt),
    ...reasoningEffort(body, model, receipt),
    ...sampling(body, model, receipt),
    ...stop(body, model, receipt),
    ...parallelToolCalls(body, receipt),
  };
}

/** Fields in which other providers' thoughts come back, and which OpenAI does not know. */
const FOREIGN = ["reasoning_content", "reasoning", "reasoning_details", "thinking_blocks", "provider_specific_fields"];

function messages({ messages: all }: ChatCompletionRequest, model: Capabilities, receipt: Receipt): Fields {
  const role = instructionsRole(all, model);
  const changed = all.map((message) => withRole(plain(message, receipt), role));
  if (changed.some((message, index) => message.role !== all[index]?.role)) receipt.note("renamed", "messages.role");
  return changed.every((message, index) => message === all[index]) ? {} : { messages: changed };
}

/** Models that reason take either role for instructions, but not both in one request; the first of them took neither. */
function instructionsRole(messages: readonly Message[], { instructions }: Capabilities): Role | undefined {
  if (instructions === "user") return "user";
  const isUsed = (wanted: Role): boolean => messages.some(({ role }) => role === wanted);
  return isUsed("developer") && isUsed("system") ? (instructions ?? "system") : undefined;
}

function withRole(message: Message, role: Role | undefined): Message {
  const isInstruction = message.role === "system" || message.role === "developer";
  return role === undefined || !isInstruction || message.role === role ? message : { ...message, role };
}

/** The same message without what other providers have added to it; the same object where there is nothing. */
function plain(message: Message, receipt: Receipt): Message {
  const hasForeign = FOREIGN.some((field) => field in message);
  const calls = message.tool_calls?.map(plainCall);
  const callsChanged = calls?.some((call, index) => call !== message.tool_calls?.[index]) === true;
  const id = message.tool_call_id === undefined ? undefined : shortId(message.tool_call_id, MAX_CHAT_ID);
  if (!hasForeign && !callsChanged && id === message.tool_call_id) return message;
  const foreign = FOREIGN.filter((field) => field in message);
  for (const field of foreign) if (message[field] != null) receipt.note("dropped", `messages.${field}`);
  if (message.tool_calls?.some((call) => "extra_content" in call)) {
    receipt.note("dropped", "messages.tool_calls.extra_content");
  }
  const kept = Object.entries(message).filter(([field]) => !foreign.includes(field));
  return {
    ...(Object.fromEntries(kept) as unknown as Message),
    ...(callsChanged && calls && { tool_calls: calls }),
    ...(id !== undefined && { tool_call_id: id }),
  };
}

/** Without `extra_content`, in which thought signatures come back. */
function plainCall(call: ToolCall): ToolCall {
  const id = shortId(call.id, MAX_CHAT_ID);
  if (id === call.id && !("extra_content" in call)) return call;
  const { extra_content: _, ...rest } = call;
  return { ...(rest as ToolCall), id };
}

function maxTokens(body: ChatCompletionRequest, { reasons }: Capabilities, receipt: Receipt): Fields {
  const { max_tokens, max_completion_tokens } = body;
  if (max_tokens == null || !reasons) return {};
  receipt.note("renamed", "max_tokens");
  return { max_tokens: undefined, max_completion_tokens: max_completion_tokens ?? max_tokens };
}

function reasoningEffort(body: ChatCompletionRequest, model: Capabilities, receipt: Receipt): Fields {
  const { reasoning_effort: wanted } = body;
  if (wanted == null) return {};
  if (!model.reasons) {
    receipt.note("dropped", "reasoning_effort");
    return { reasoning_effort: undefined };
  }
  const effort = effectiveEffort(body, model);
  if (effort === wanted) return {};
  receipt.note("clamped", "reasoning_effort");
  return { reasoning_effort: effort };
}

/** Hints that models which reason take at their default only. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: undefined,
};

function sampling(body: ChatCompletionRequest, model: Capabilities, receipt: Receipt): Fields {
  if (model.sampling === "always") return {};
  if (model.sampling === "without effort" && effectiveEffort(body, model) === "none") return {};
  const left = Object.keys(DEFAULTS).filter((field) => body[field] != null && body[field] !== DEFAULTS[field]);
  for (const field of left) receipt.note("dropped", field);
  if (body["logprobs"] === true)
    receipt.refuse("logprobs", {
      en: "is not given by this model while it reasons.",
      "zh-TW": "這個模型推理時不提供。",
    });
  const probabilities = ["logprobs", "top_logprobs"].filter((field) => body[field] != null);
  return Object.fromEntries([...left, ...probabilities].map((field) => [field, undefined]));
}

function stop({ stop: wanted }: ChatCompletionRequest, { hasStop }: Capabilities, receipt: Receipt): Fields {
  if (wanted == null || hasStop) return {};
  if (wanted.length > 0)
    receipt.refuse("stop", {
      en: "is not taken by this model. Leave it out, and cut its answer.",
      "zh-TW": "這個模型不接受，請省略它，並自行截斷回答。",
    });
  return { stop: undefined };
}

/** Refused without tools, where it means nothing. */
function parallelToolCalls(body: ChatCompletionRequest, receipt: Receipt): Fields {
  if (body["parallel_tool_calls"] == null || (body.tools ?? []).length > 0) return {};
  receipt.note("dropped", "parallel_tool_calls");
  return { parallel_tool_calls: undefined };
}
