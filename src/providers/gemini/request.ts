import type { ChatCompletionRequest, ContentPart } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import { say } from "../../messages/say.ts";
import type { RequestContext, VendorRequest } from "../http-provider.ts";
import { calledNames, contents } from "./contents.ts";
import { generationConfig, outputFormat } from "./generation-config.ts";
import { linkOf, mustBeFetched } from "./media.ts";
import { capabilities, modelPath } from "./models.ts";
import { functionNames, type FunctionNames } from "./names.ts";
import { declaredFunctions, tools } from "./tools.ts";
import type { GenerateContentRequest } from "./wire.ts";

/** What the reading of the answer must know. */
export interface Plan {
  readonly names: FunctionNames;
  /** Whether only the first function call of the answer counts: `parallel_tool_calls: false`. */
  readonly oneCall: boolean;
  /** The schema of an answer that the model was only told about, and which is checked therefore. */
  readonly checked?: Readonly<Record<string, unknown>>;
}

/** OpenAI's own fields that Gemini has no equal of, and that do not change what the answer means. */
const HINTS = [
  "cache_control",
  "logit_bias",
  "metadata",
  "moderation",
  "prediction",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "store",
  "user",
  "verbosity",
];

/** The fields that are translated; what stands in neither list is the vendor's own, and goes through as it is. */
const TRANSLATED = new Set(
  `model messages n stream stream_options max_tokens max_completion_tokens temperature top_p top_k stop seed
  presence_penalty frequency_penalty logprobs top_logprobs modalities audio tools tool_choice parallel_tool_calls
  functions function_call response_format reasoning_effort thinking service_tier web_search_options extra_body`.split(
    /\s+/,
  ),
);

/** The pictures and videos behind links that Gemini does not follow. */
export function imageUrls({ messages }: ChatCompletionRequest): readonly string[] {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? (content as readonly ContentPart[]) : []));
  return parts.flatMap((part) => linkOf(part) ?? []).filter(mustBeFetched);
}

export function chatRequest(body: ChatCompletionRequest, context: RequestContext): VendorRequest<Plan> {
  const { receipt, model, stream } = context;
  const can = capabilities(model);
  const names = functionNames([...declaredFunctions(body).map(({ name }) => name), ...calledNames(body.messages)]);
  const toolFields = tools(body, can, names, receipt);
  const format = outputFormat(body, can, toolFields.tools !== undefined, receipt);
  const instructions = format.instruction === undefined ? [] : [format.instruction];
  noteHints(body, receipt);

  const request: GenerateContentRequest = {
    ...contents(body.messages, instructions, { context, can, names }),
    ...toolFields,
    generationConfig: { ...generationConfig(body, can, receipt), ...format.config },
    ...serviceTier(body, receipt),
  };
  const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
  return {
    path: `/v1beta/${modelPath(model)}:${method}`,
    body: withVendorFields(request, body),
    plan: { names, oneCall: oneCall(body, receipt), ...(format.checked && { checked: format.checked }) },
  };
}

function noteHints(body: ChatCompletionRequest, receipt: Receipt): void {
  for (const field of HINTS) if (body[field] != null) receipt.note("dropped", field);
  if (body["functions"] != null) receipt.refuse("functions", say.oldForm("tools"));
  if (body["function_call"] != null) receipt.refuse("function_call", say.oldForm("tool_choice"));
}

function oneCall({ parallel_tool_calls }: ChatCompletionRequest, receipt: Receipt): boolean {
  if (parallel_tool_calls !== false) return false;
  receipt.note("emulated", "parallel_tool_calls");
  return true;
}

/** Source: https://ai.google.dev/gemini-api/docs/flex-inference */
function serviceTier({ service_tier }: ChatCompletionRequest, receipt: Receipt): { readonly serviceTier?: string } {
  if (service_tier == null || service_tier === "auto" || service_tier === "default") return {};
  if (service_tier === "flex" || service_tier === "priority") return { serviceTier: service_tier };
  receipt.note("dropped", "service_tier");
  return {};
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The request with what the client says in Gemini's own words: any field that is not OpenAI's, and what stands in
 * `extra_body.google`, as in Google's own OpenAI-compatible layer. Settings are joined with ours, and theirs count.
 */
function withVendorFields(
  { generationConfig, toolConfig, ...rest }: GenerateContentRequest,
  body: ChatCompletionRequest,
): object {
  const own = Object.entries(body).filter(([field]) => !TRANSLATED.has(field) && !HINTS.includes(field));
  const { google } = Object(body["extra_body"]) as { google?: unknown };
  const given = present({ ...Object.fromEntries(own), ...Object(google) });
  const { generation_config, generationConfig: settings = generation_config, ...others } = given;
  const { tool_config, toolConfig: calling = tool_config, ...more } = others;
  const { thinking_config, thinkingConfig = thinking_config, ...fields } = more;
  return {
    ...fields,
    ...rest,
    ...joined("generationConfig", [generationConfig, settings, present({ thinkingConfig })]),
    ...joined("toolConfig", [toolConfig, calling]),
  };
}

/** One field with all that is said of it; none where nothing is. */
function joined(field: string, settings: readonly unknown[]): JsonObject {
  const all = Object.assign({}, ...settings) as JsonObject;
  return Object.keys(all).length > 0 ? { [field]: all } : {};
}

/** Fields that are null are absent. */
function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}
