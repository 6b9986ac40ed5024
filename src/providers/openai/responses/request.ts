import type { ChatCompletionRequest, Tool } from "../../../api/chat.ts";
import type { Receipt } from "../../../api/receipt.ts";
import type { RequestContext, VendorRequest } from "../../http-provider.ts";
import { unknownFields } from "../../unknown-fields.ts";
import { edit } from "../request.ts";
import { input } from "./input.ts";
import type { CustomFormat, Effort, ResponsesRequest, ResponsesTool, TextFormat, ToolChoice } from "./wire.ts";

/** The fields that are translated below; `metadata`, `service_tier` and others are the same here and go through. */
const TRANSLATED = new Set(
  `model messages n stream stream_options store include stop logprobs top_logprobs max_tokens
  max_completion_tokens tools tool_choice functions function_call parallel_tool_calls reasoning_effort reasoning
  response_format verbosity text modalities audio web_search_options`.split(/\s+/),
);

/** Hints that have no equal here, and do not change what an answer means. */
const HINTS = new Set(["seed", "logit_bias", "presence_penalty", "frequency_penalty", "prediction"]);

/** The least that `max_output_tokens` may be. */
const MIN_OUTPUT_TOKENS = 16;

export function chatRequest(body: ChatCompletionRequest, context: RequestContext): VendorRequest<null> {
  const { receipt, model, stream } = context;
  const edited: ChatCompletionRequest = { ...body, ...edit(body, context) };
  refuseUnsupported(edited, receipt);
  const request: ResponsesRequest = {
    ...unknownFields(edited, { translated: TRANSLATED, hints: HINTS }, receipt),
    model,
    input: input(edited.messages, context),
    // Nothing is stored with OpenAI unless the client says so: thoughts come to us and go back with the next request.
    store: edited["store"] === true,
    include: ["reasoning.encrypted_content"],
    ...maxOutputTokens(edited, receipt),
    ...reasoning(edited),
    ...textFields(edited),
    ...toolFields(edited),
    ...(stream && { stream: true }),
    ...obfuscation(edited),
  };
  return { path: "/responses", body: request, plan: null };
}

function refuseUnsupported(body: ChatCompletionRequest, receipt: Receipt): void {
  const why = {
    en: "is not known to the Responses API, over which this model takes tools.",
    "zh-TW": "這個模型經由 Responses API 使用工具，而該 API 不支援這個參數。",
  };
  const { modalities } = body;
  for (const field of ["audio", "web_search_options", "functions", "function_call"]) {
    if (body[field] != null) receipt.refuse(field, why);
  }
  if (Array.isArray(modalities) && modalities.includes("audio")) receipt.refuse("modalities", why);
  if (body["logprobs"] === true) receipt.refuse("logprobs", why);
}

function maxOutputTokens(
  { max_completion_tokens, max_tokens }: ChatCompletionRequest,
  receipt: Receipt,
): Partial<ResponsesRequest> {
  const wanted = max_completion_tokens ?? max_tokens;
  if (wanted == null) return {};
  if (wanted < MIN_OUTPUT_TOKENS) receipt.note("clamped", "max_completion_tokens");
  return { max_output_tokens: Math.max(wanted, MIN_OUTPUT_TOKENS) };
}

/** A client that knows the Responses API may ask for summaries of the thoughts: `reasoning: {summary: "auto"}`. */
function reasoning({ reasoning_effort, reasoning }: ChatCompletionRequest): Partial<ResponsesRequest> {
  const fields = {
    ...(reasoning_effort != null && { effort: reasoning_effort as Effort }),
    ...(reasoning as ResponsesRequest["reasoning"] | null),
  };
  return Object.keys(fields).length > 0 ? { reasoning: fields } : {};
}

interface NamedSchema {
  readonly name?: string;
  readonly description?: string | null;
  readonly schema?: Record<string, unknown> | null;
  readonly strict?: boolean | null;
}

function textFields({ response_format, verbosity }: ChatCompletionRequest): Partial<ResponsesRequest> {
  const format = textFormat(response_format);
  const text: ResponsesRequest["text"] = {
    ...(format && { format }),
    ...(verbosity != null && { verbosity: verbosity as "low" | "medium" | "high" }),
  };
  return Object.keys(text).length > 0 ? { text } : {};
}

function textFormat(format: ChatCompletionRequest["response_format"]): TextFormat | undefined {
  if (format == null) return undefined;
  if (format.type !== "json_schema") return { type: format.type === "json_object" ? "json_object" : "text" };
  const { name, description, schema, strict } = Object(format["json_schema"]) as NamedSchema;
  return {
    type: "json_schema",
    name: name ?? "answer",
    schema: schema ?? { type: "object" },
    ...(description != null && { description }),
    ...(strict != null && { strict }),
  };
}

function toolFields(body: ChatCompletionRequest): Partial<ResponsesRequest> {
  const tools = (body.tools ?? []).map(tool);
  if (tools.length === 0) return {};
  const parallel = body["parallel_tool_calls"];
  return {
    tools,
    ...(body.tool_choice != null && { tool_choice: toolChoice(body.tool_choice) }),
    ...(typeof parallel === "boolean" && { parallel_tool_calls: parallel }),
  };
}

interface DescribedTool {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters?: Record<string, unknown> | null;
  readonly strict?: boolean | null;
  readonly format?: { readonly type: string; readonly grammar?: Omit<CustomFormat & { type: "grammar" }, "type"> };
}

/** A tool of a kind that chat completions do not have is the Responses API's own, and goes through. */
function tool(given: Tool): ResponsesTool {
  const { name, description, parameters, strict, format } = Object(given[given.type]) as DescribedTool;
  const described = { name, ...(description != null && { description }) };
  if (given.type === "function") {
    const schema = parameters ?? { type: "object", properties: {} };
    return { type: "function", ...described, parameters: schema, strict: strict ?? false };
  }
  if (given.type === "custom") return { type: "custom", ...described, ...(format && { format: customFormat(format) }) };
  return given as unknown as ResponsesTool;
}

function customFormat({ type, grammar }: NonNullable<DescribedTool["format"]>): CustomFormat {
  return type === "grammar" && grammar ? { type: "grammar", ...grammar } : { type: "text" };
}

interface NamedChoice {
  readonly type: string;
  readonly function?: { readonly name: string };
  readonly custom?: { readonly name: string };
  readonly allowed_tools?: { readonly mode: "auto" | "required"; readonly tools: readonly NamedChoice[] };
}

function toolChoice(choice: unknown): ToolChoice {
  if (typeof choice === "string") return choice as "none" | "auto" | "required";
  const { allowed_tools: allowed, ...named } = choice as NamedChoice;
  if (!allowed) return flat(named) as ToolChoice;
  return { type: "allowed_tools", mode: allowed.mode, tools: allowed.tools.map(flat) };
}

/** `{type, function: {name}}` → `{type, name}` */
function flat({ type, function: called, custom, ...rest }: NamedChoice): Record<string, unknown> {
  return { type, ...rest, ...called, ...custom };
}

function obfuscation({ stream_options }: ChatCompletionRequest): Partial<ResponsesRequest> {
  const wanted = stream_options?.["include_obfuscation"];
  return typeof wanted === "boolean" ? { stream_options: { include_obfuscation: wanted } } : {};
}
