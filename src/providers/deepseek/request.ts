import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { Wording } from "../../messages/say.ts";
import { functionTools } from "../function-tools.ts";
import { answerSchema, jsonInstruction } from "../json-output.ts";
import type { EditContext } from "../openai-compatible/index.ts";
import { messages } from "./messages.ts";
import { betaUrl, isBegun, withPrefix } from "./prefix.ts";
import { isThinking, thinkingFields } from "./thinking.ts";

type Fields = Readonly<Record<string, unknown>>;

/** OpenAI's own fields that DeepSeek has no equal of, and that do not change what an answer means. */
const HINTS = `seed logit_bias user metadata service_tier store prediction verbosity moderation prompt_cache_key
  prompt_cache_options prompt_cache_retention safety_identifier`.split(/\s+/);

/**
 * What must change in OpenAI's request; a field that is `undefined` is left out.
 * Source: https://api-docs.deepseek.com/api/create-chat-completion
 */
export function edit(body: ChatCompletionRequest, context: EditContext): Fields {
  const { receipt } = context;
  const thinks = isThinking(body, context.model);
  const schema = answerSchema(body.response_format);
  if (schema) receipt.note("emulated", "response_format");
  const translated = messages(body.messages, { ...context, thinks, instruction: schema && jsonInstruction(schema) });
  return {
    ...withoutNulls(body),
    ...withoutHints(body, receipt),
    ...withoutUnsupported(body, thinks, receipt),
    ...(body.n == null ? {} : { n: undefined }), // several answers are had by several calls
    ...maxTokens(body, receipt),
    ...thinkingFields(body, receipt),
    ...toolFields(body, context),
    // It is held to JSON, but not to a schema: it is told the schema, and its answer is checked.
    ...(schema && { response_format: { type: "json_object" } }),
    messages: isBegun(body) && betaUrl(context.baseUrl) !== undefined ? withPrefix(translated) : translated,
  };
}

function withoutNulls(body: ChatCompletionRequest): Fields {
  return Object.fromEntries(Object.keys(body).flatMap((field) => (body[field] === null ? [[field, undefined]] : [])));
}

function withoutHints(body: ChatCompletionRequest, receipt: Receipt): Fields {
  const given = HINTS.filter((field) => body[field] != null);
  for (const field of given) receipt.note("dropped", field);
  return Object.fromEntries(given.map((field) => [field, undefined]));
}

function withoutUnsupported(body: ChatCompletionRequest, thinks: boolean, receipt: Receipt): Fields {
  const left: Record<string, undefined> = {};
  const refuse = (field: string, why: Wording): void => {
    receipt.refuse(field, why);
    left[field] = undefined;
  };
  const { modalities } = body;
  if (thinks && body["logprobs"] === true) {
    refuse("logprobs", {
      en: "is not given by a model that thinks. Set 'reasoning_effort' to 'none', or leave it out.",
      "zh-TW": "思考中的模型不提供，請將「reasoning_effort」設為「none」，或省略它。",
    });
  }
  // Without `logprobs` it means nothing, and is refused in thinking mode.
  if (body["top_logprobs"] != null && (thinks || body["logprobs"] !== true)) left["top_logprobs"] = undefined;
  if (Array.isArray(modalities) && modalities.includes("audio"))
    refuse("modalities", { en: "cannot hold 'audio' here.", "zh-TW": "在這裡不能含有「audio」。" });
  else if (modalities != null) left["modalities"] = undefined;
  if (body["audio"] != null)
    refuse("audio", { en: "is not given by DeepSeek: it answers in text.", "zh-TW": "DeepSeek 只以文字回答。" });
  if (body["web_search_options"] != null)
    refuse("web_search_options", {
      en: "is not known to DeepSeek. Use a tool.",
      "zh-TW": "DeepSeek 不支援，請使用工具。",
    });
  return left;
}

/** DeepSeek knows `max_tokens` only; it counts the reasoning too, as `max_completion_tokens` does. */
function maxTokens({ max_completion_tokens }: ChatCompletionRequest, receipt: Receipt): Fields {
  if (max_completion_tokens == null) return {};
  receipt.note("renamed", "max_completion_tokens");
  return { max_tokens: max_completion_tokens, max_completion_tokens: undefined };
}

/** `strict` is known on the beta address only. Source: https://api-docs.deepseek.com/guides/tool_calls */
function toolFields(body: ChatCompletionRequest, { receipt, baseUrl }: EditContext): Fields {
  const { functions, choice } = functionTools(body, receipt);
  const hasStrict = baseUrl.endsWith("/beta");
  const tools = functions.map(({ strict, ...described }) => {
    if (strict === true && !hasStrict) receipt.note("dropped", "tools.function.strict");
    return { type: "function", function: { ...present(described), ...(hasStrict && strict === true && { strict }) } };
  });
  if (body["parallel_tool_calls"] === false && tools.length > 0) receipt.note("emulated", "parallel_tool_calls");
  const named = typeof choice === "object" ? { type: "function", function: choice } : choice;
  return {
    functions: undefined,
    function_call: undefined,
    parallel_tool_calls: undefined,
    tools: tools.length > 0 ? tools : undefined,
    tool_choice: named,
  };
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
