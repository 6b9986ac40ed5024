import type { ChatCompletionRequest, ContentPart } from "../../api/chat.ts";
import type { RequestContext, VendorRequest } from "../http-provider.ts";
import { unknownFields } from "../unknown-fields.ts";
import { ANSWER_TOOL, type AnswerFormat, answerFormat, withAnswerTool, withInstruction } from "./answer-format.ts";
import { capabilities } from "./capabilities.ts";
import { conversation, withoutPrefill } from "./messages.ts";
import { samplingFields } from "./sampling.ts";
import { thinkingFields } from "./thinking.ts";
import { isForced, toolFields } from "./tools.ts";
import type { Effort, MessagesRequest, OutputConfig } from "./wire.ts";

/** What the reading of the answer must know. */
export interface Plan {
  /** Whether the answer comes as the arguments of a tool. */
  readonly isAnswerTool: boolean;
}

/** A whole answer that may be longer is asked for as a stream: it would take longer than one exchange lives. */
const MAX_WHOLE_TOKENS = 21_333;

/** What OpenAI's request says that is translated field by field below. */
const TRANSLATED: ReadonlySet<string> = new Set(
  (
    "model messages max_tokens max_completion_tokens temperature top_p top_k stop n stream stream_options " +
    "tools tool_choice parallel_tool_calls functions function_call web_search_options response_format " +
    "reasoning_effort thinking output_config user safety_identifier metadata service_tier logprobs modalities audio betas"
  ).split(" "),
);

/** Hints that have no equal here, and do not change what an answer means. */
const HINTS: ReadonlySet<string> = new Set(
  (
    "seed presence_penalty frequency_penalty logit_bias top_logprobs prediction verbosity " +
    "store prompt_cache_key prompt_cache_retention prompt_cache_options moderation"
  ).split(" "),
);

export function chatRequest(body: ChatCompletionRequest, context: RequestContext): VendorRequest<Plan> {
  const { receipt } = context;
  refuseUnsupported(body, context);
  const model = capabilities(context.model);
  const { system, turns } = withoutPrefill(conversation(body.messages, context), context, model.hasPrefill);
  const format = answerFormat(body, model, receipt);
  const tools = withAnswerTool(toolFields(body, turns, model, receipt), format);
  const { effort, ...thinking } = thinkingFields(body, turns, model, isForced(tools.tool_choice), receipt);
  const isThinking = thinking.thinking !== undefined && thinking.thinking.type !== "disabled";
  const instructions = withInstruction(system, format);
  const isStream = context.stream || thinking.max_tokens > MAX_WHOLE_TOKENS;

  const request: MessagesRequest = {
    ...unknownFields(body, { translated: TRANSLATED, hints: HINTS }, context.receipt),
    model: context.model,
    messages: turns,
    ...(instructions.length > 0 && { system: instructions }),
    ...tools,
    ...thinking,
    ...outputConfig(body, effort, format),
    ...samplingFields(body, model, isThinking, receipt),
    ...stopSequences(body, context),
    ...metadata(body, context),
    ...serviceTier(body, context),
    ...(isStream && { stream: true }),
  };
  return {
    path: "/v1/messages",
    body: request,
    ...betaHeader(body),
    plan: { isAnswerTool: tools.tools?.some(({ name }) => name === ANSWER_TOOL) === true },
    isCollected: isStream && !context.stream,
  };
}

function refuseUnsupported(body: ChatCompletionRequest, { receipt }: RequestContext): void {
  if (body["logprobs"] === true)
    receipt.refuse("logprobs", { en: "is not given by Claude.", "zh-TW": "Claude 不提供。" });
  const { modalities, audio } = body;
  if (audio != null || (Array.isArray(modalities) && modalities.includes("audio"))) {
    receipt.refuse(audio == null ? "modalities" : "audio", {
      en: "is not given by Claude: it answers in text.",
      "zh-TW": "Claude 只以文字回答。",
    });
  }
}

function outputConfig(
  { output_config }: ChatCompletionRequest,
  effort: Effort | undefined,
  format: AnswerFormat,
): Pick<MessagesRequest, "output_config"> {
  const config: OutputConfig = {
    ...(effort && { effort }),
    ...(format.by === "output" && { format: format.format }),
    ...(output_config as OutputConfig | null | undefined),
  };
  return Object.keys(config).length > 0 ? { output_config: config } : {};
}

/** Sequences of nothing but white space are refused by the vendor. */
function stopSequences({ stop }: ChatCompletionRequest, { receipt }: RequestContext): Partial<MessagesRequest> {
  if (stop == null) return {};
  const given = typeof stop === "string" ? [stop] : stop;
  const sequences = given.filter((sequence) => sequence.trim() !== "");
  if (sequences.length < given.length) receipt.note("dropped", "stop");
  return sequences.length > 0 ? { stop_sequences: sequences } : {};
}

function metadata(body: ChatCompletionRequest, { receipt }: RequestContext): Partial<MessagesRequest> {
  const { user_id, ...rest } = (body["metadata"] ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.keys(rest).length > 0) receipt.note("dropped", "metadata");
  const id = user_id ?? body["user"] ?? body["safety_identifier"];
  if (typeof id !== "string" || id === "") return {};
  if (user_id == null) receipt.note("renamed", body["user"] == null ? "safety_identifier" : "user");
  return { metadata: { user_id: id } };
}

const SERVICE_TIERS: Readonly<Record<string, "auto" | "standard_only">> = {
  auto: "auto",
  priority: "auto",
  default: "standard_only",
  standard_only: "standard_only",
};

function serviceTier(body: ChatCompletionRequest, { receipt }: RequestContext): Partial<MessagesRequest> {
  const wanted = body["service_tier"];
  if (wanted == null) return {};
  const service_tier = typeof wanted === "string" ? SERVICE_TIERS[wanted] : undefined;
  if (service_tier !== wanted) receipt.note(service_tier ? "renamed" : "dropped", "service_tier");
  return service_tier ? { service_tier } : {};
}

/** Source: https://platform.claude.com/docs/en/build-with-claude/files */
const FILES_BETA = "files-api-2025-04-14";

/** Features that are asked for by name: the client's, in the field that Anthropic's SDKs have for them, and ours. */
function betaHeader({ betas, messages }: ChatCompletionRequest): { headers?: Readonly<Record<string, string>> } {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as readonly ContentPart[]) : []));
  const hasFile = parts.some((part) => (part["file"] as { file_id?: string } | undefined)?.file_id != null);
  const names = [...(Array.isArray(betas) ? betas.map(String) : []), ...(hasFile ? [FILES_BETA] : [])];
  return names.length > 0 ? { headers: { "anthropic-beta": [...new Set(names)].join(",") } } : {};
}
