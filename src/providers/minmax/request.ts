import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import { functionTools } from "../function-tools.ts";
import type { RequestContext, VendorRequest } from "../http-provider.ts";
import { answerSchema, jsonInstruction } from "../json-output.ts";
import { unknownFields } from "../unknown-fields.ts";
import { type Capabilities, capabilities, modelName } from "./capabilities.ts";
import { messages } from "./messages.ts";
import type { ChatRequest } from "./wire.ts";

/** What the reading of the answer must know. */
export interface Plan {
  /** Whether thoughts that come within the content are to be taken out of it. */
  readonly splitsThoughts: boolean;
  /** The content ends before the first of these: some models do not mind them. */
  readonly stop: readonly string[];
  /** Whether only the first tool call counts: `parallel_tool_calls: false`. */
  readonly oneCall: boolean;
  /** What the answer has to fit, where the model was only told so. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** What OpenAI's request says that is translated below; what stands in neither list is MiniMax's, and goes through. */
const TRANSLATED = new Set(
  `model messages n stream stream_options max_tokens max_completion_tokens stop temperature top_p tools
  tool_choice parallel_tool_calls functions function_call response_format reasoning_effort reasoning_split
  logprobs top_logprobs modalities audio web_search_options`.split(/\s+/),
);

/** OpenAI's own fields that MiniMax has no equal of, and that do not change what an answer means. */
const HINTS = new Set(
  `seed presence_penalty frequency_penalty logit_bias user metadata service_tier store prediction verbosity
  moderation safety_identifier prompt_cache_key prompt_cache_options prompt_cache_retention`.split(/\s+/),
);

const MAX_STOPS = 4;

export function chatRequest(body: ChatCompletionRequest, context: RequestContext): VendorRequest<Plan> {
  const { receipt } = context;
  const can = capabilities(context.model);
  const stop = [body.stop ?? []].flat().filter((text) => text !== "");
  const schema = emulatedSchema(body, can, receipt);
  const instruction = schema && jsonInstruction(schema);
  const splitsThoughts = body["reasoning_split"] !== false;
  refuseUnsupported(body, receipt);

  const request: ChatRequest = {
    ...unknownFields(body, { translated: TRANSLATED, hints: HINTS }, receipt),
    model: modelName(context.model),
    messages: messages(body.messages, { ...context, can, instruction }),
    ...maxTokens(body, receipt),
    ...sampling(body, receipt),
    ...(stop.length > 0 && { stop: stop.slice(0, MAX_STOPS) }),
    ...tools(body, receipt),
    ...thinking(body, can, receipt),
    ...(body.response_format != null && !schema && { response_format: body.response_format }),
    reasoning_split: splitsThoughts,
    ...(context.stream && { stream: true, stream_options: { include_usage: true } }),
  };
  const oneCall = body["parallel_tool_calls"] === false && request.tools !== undefined;
  if (oneCall) receipt.note("emulated", "parallel_tool_calls");
  return {
    path: "/chat/completions",
    body: request,
    plan: { splitsThoughts, stop, oneCall, ...(schema && { schema }) },
  };
}

/** Only the oldest model is bound by a format; the others are told, and their answer is checked. */
function emulatedSchema(
  { response_format }: ChatCompletionRequest,
  { hasJsonSchema }: Capabilities,
  receipt: Receipt,
): Plan["schema"] {
  if (response_format == null || response_format.type === "text" || hasJsonSchema) return undefined;
  receipt.note("emulated", "response_format");
  return answerSchema(response_format) ?? { type: "object" };
}

function refuseUnsupported(body: ChatCompletionRequest, receipt: Receipt): void {
  const { modalities } = body;
  if (body["logprobs"] === true)
    receipt.refuse("logprobs", { en: "is not given by MiniMax.", "zh-TW": "MiniMax 不提供。" });
  if (body["audio"] != null)
    receipt.refuse("audio", { en: "is not given by MiniMax: it answers in text.", "zh-TW": "MiniMax 只以文字回答。" });
  if (Array.isArray(modalities) && modalities.includes("audio")) {
    receipt.refuse("modalities", {
      en: "cannot hold 'audio': MiniMax answers in text.",
      "zh-TW": "不能含有「audio」：MiniMax 只以文字回答。",
    });
  }
  if (body["web_search_options"] != null)
    receipt.refuse("web_search_options", {
      en: "is not known to MiniMax. Use a tool.",
      "zh-TW": "MiniMax 不支援，請使用工具。",
    });
}

function maxTokens(
  { max_tokens, max_completion_tokens }: ChatCompletionRequest,
  receipt: Receipt,
): Partial<ChatRequest> {
  const wanted = max_completion_tokens ?? max_tokens;
  if (wanted == null) return {};
  if (max_completion_tokens == null) receipt.note("renamed", "max_tokens");
  return { max_completion_tokens: wanted };
}

/** Both lie above 0, up to 1. */
function sampling({ temperature, top_p }: ChatCompletionRequest, receipt: Receipt): Partial<ChatRequest> {
  const within = (field: string, value: number): number => {
    const clamped = Math.min(Math.max(value, 0.01), 1);
    if (clamped !== value) receipt.note("clamped", field);
    return clamped;
  };
  return {
    ...(temperature != null && { temperature: within("temperature", temperature) }),
    ...(top_p != null && { top_p: within("top_p", top_p) }),
  };
}

function tools(body: ChatCompletionRequest, receipt: Receipt): Partial<ChatRequest> {
  const { functions, choice } = functionTools(body, receipt);
  if (functions.length === 0) return {};
  if (functions.some(({ strict }) => strict === true)) receipt.note("dropped", "tools.function.strict");
  const isKnown = choice === "none" || choice === "auto";
  if (choice !== undefined && !isKnown) receipt.note("dropped", "tool_choice");
  return {
    tools: functions.map(({ name, description, parameters }) => ({
      type: "function",
      function: { name, description: description || name, parameters: schemaOf(parameters) },
    })),
    ...(isKnown && { tool_choice: choice }),
  };
}

function schemaOf(parameters: Readonly<Record<string, unknown>> | null | undefined): Readonly<Record<string, unknown>> {
  return parameters && Object.keys(parameters).length > 0 ? parameters : { type: "object", properties: {} };
}

/** There is no effort, only thinking or not; the older models always think. */
function thinking(body: ChatCompletionRequest, can: Capabilities, receipt: Receipt): Partial<ChatRequest> {
  const { reasoning_effort: effort } = body;
  if (effort == null) return {};
  if (!can.canStopThinking) {
    receipt.note("dropped", "reasoning_effort");
    return {};
  }
  receipt.note("renamed", "reasoning_effort");
  return body["thinking"] != null ? {} : { thinking: { type: effort === "none" ? "disabled" : "adaptive" } };
}
