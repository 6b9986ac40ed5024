import type { ChatCompletionRequest } from "../../api/chat.ts";
import { type ApiError, invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { Wording } from "../../messages/say.ts";
import type { RequestContext, VendorRequest } from "../http-provider.ts";
import { unknownFields } from "../unknown-fields.ts";
import { answerFormat, withInstruction } from "./answer-format.ts";
import { contextSize, fewestTokens, likelyTokens } from "./context-size.ts";
import { conversation } from "./messages.ts";
import type { ModelFacts } from "./model.ts";
import { named, options, OWN_OPTIONS } from "./options.ts";
import { think } from "./thinking.ts";
import { toolFields } from "./tools.ts";
import type { ChatRequest, Options } from "./wire.ts";

/** What the reading of the answer must know. */
export interface Plan {
  readonly receipt: Receipt;
  readonly wantsLogprobs: boolean;
  /** A prompt of fewer tokens than this was cut; 0 where all of it fits. */
  readonly fewestPromptTokens: number;
}

type Context = RequestContext<ModelFacts>;

/** What OpenAI's request says that is translated field by field. */
const TRANSLATED: ReadonlySet<string> = new Set([
  ...(
    "model messages n stream stream_options max_tokens max_completion_tokens temperature top_p seed stop presence_penalty " +
    "frequency_penalty tools tool_choice functions function_call response_format reasoning_effort logprobs top_logprobs " +
    "modalities audio web_search_options options"
  ).split(" "),
  ...OWN_OPTIONS,
]);

/** Hints that have no equal here, and do not change what an answer means. */
const HINTS: ReadonlySet<string> = new Set(
  (
    "user metadata store service_tier logit_bias parallel_tool_calls prediction verbosity prompt_cache_key " +
    "prompt_cache_retention prompt_cache_options safety_identifier moderation"
  ).split(" "),
);

export function chatRequest(body: ChatCompletionRequest, context: Context): VendorRequest<Plan> {
  refuseUnsupported(body, context);
  const tools = toolFields(body, context);
  const format = answerFormat(body, tools.tools !== undefined, context.receipt);
  const messages = withInstruction(conversation(body.messages, context), format.instruction);
  const said = options(body);
  const wantsLogprobs = body["logprobs"] === true;
  const { numCtx, fewestPromptTokens } = sizeContext({ messages, ...tools }, said, body, context);

  const request: ChatRequest = {
    // What does not fit is refused, or ends the answer: nothing is cut in silence.
    truncate: false,
    shift: false,
    ...unknownFields(body, { translated: TRANSLATED, hints: HINTS }, context.receipt),
    model: context.model,
    messages,
    stream: context.stream,
    ...tools,
    ...format.fields,
    ...think(body, context),
    ...(wantsLogprobs && { logprobs: true, ...named(body, ["top_logprobs"]) }),
    options: { ...said, num_ctx: numCtx },
  };
  return { path: "/api/chat", body: request, plan: { receipt: context.receipt, wantsLogprobs, fewestPromptTokens } };
}

function refuseUnsupported(body: ChatCompletionRequest, { receipt }: Context): void {
  const { modalities, audio, web_search_options } = body;
  if (audio != null || (Array.isArray(modalities) && modalities.includes("audio"))) {
    receipt.refuse(audio == null ? "modalities" : "audio", {
      en: "is not given by Ollama: it answers in text.",
      "zh-TW": "Ollama 只以文字回答。",
    });
  }
  if (web_search_options != null)
    receipt.refuse("web_search_options", {
      en: "is not known here: offer the search as a tool.",
      "zh-TW": "這裡不支援，請將搜尋作為工具提供。",
    });
}

/** What an image may take; what a message's frame takes. */
const IMAGE_TOKENS = 2048;
const FRAME_TOKENS = 16;

/** @throws ApiError 400 when the prompt cannot fit. */
function sizeContext(
  { messages, tools = [] }: Pick<ChatRequest, "messages" | "tools">,
  { num_ctx: wished, num_predict: answerTokens }: Options,
  body: ChatCompletionRequest,
  { described, options }: Context,
): { numCtx: number; fewestPromptTokens: number } {
  const text = [
    described?.system ?? "",
    ...messages.map(({ content, thinking = "", tool_calls = [] }) => content + thinking + JSON.stringify(tool_calls)),
    JSON.stringify(tools),
  ].join("\n");
  const images = messages.flatMap(({ images }) => images ?? []).length;
  const promptTokens = likelyTokens(text) + images * IMAGE_TOKENS + messages.length * FRAME_TOKENS;
  const thinks = described?.can("thinking") === true && body.reasoning_effort !== "none";
  const least = Math.max(described?.usualContextTokens ?? 0, Number(options["contextTokens"] ?? 0) || 0);
  const sized = contextSize({ promptTokens, answerTokens, thinks }, least, described?.contextTokens);
  const numCtx = wished ?? described?.settle(sized) ?? sized;

  if (promptTokens <= numCtx) return { numCtx, fewestPromptTokens: 0 };
  const fewest = fewestTokens(text);
  if (fewest > numCtx)
    throw tooLong({
      en: `has at least ${fewest} tokens, but the context only ${numCtx}`,
      "zh-TW": `至少有 ${fewest} 個 token，但上下文只有 ${numCtx} 個`,
    });
  return { numCtx, fewestPromptTokens: fewest };
}

export function tooLong(how: Wording): ApiError {
  const message = { en: `The prompt is too long: it ${how.en}.`, "zh-TW": `提示過長：${how["zh-TW"]}。` };
  return invalidRequest(message, "messages", "context_length_exceeded");
}
