import type { ChatCompletionRequest, Tool } from "../../../src/api/chat.ts";

/** What a conversation asks of its models besides its messages. Numbers that are undefined are left to the model. */
export interface Settings {
  readonly system: string;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  /** One a line. */
  readonly stop: string;
  /** `""`: left to the model. */
  readonly reasoningEffort: "" | "none" | "low" | "medium" | "high";
  /** As it was typed: a JSON array of tools in OpenAI's form. */
  readonly tools: string;
  readonly format: "text" | "json_object" | "json_schema";
  /** As it was typed: a JSON schema. */
  readonly schema: string;
}

export const DEFAULT_SETTINGS: Settings = {
  system: "",
  stop: "",
  reasoningEffort: "",
  tools: "",
  format: "text",
  schema: "",
};

/** Why what was typed cannot be sent; the words for it are in the catalogue. */
export type Problem =
  | { readonly kind: "not_json"; readonly detail: string }
  | { readonly kind: "not_an_array" | "not_an_object" }
  /** @param index of the tool, from 1. */
  | { readonly kind: "not_a_tool"; readonly index: number }
  | { readonly kind: "bad_tool_name"; readonly index: number; readonly detail: string };

export type Checked<Value> = { readonly value: Value | undefined } | { readonly problem: Problem };

/** OpenAI's rule for the names of functions. Source: https://platform.openai.com/docs/api-reference/chat/create */
const TOOL_NAME = /^[\w-]{1,64}$/;

/** Undefined for no tools. */
export function checkTools(text: string): Checked<readonly Tool[]> {
  const parsed = parse(text);
  if ("problem" in parsed || parsed.value === undefined) return parsed as Checked<never>;
  const { value } = parsed;
  if (!Array.isArray(value)) return { problem: { kind: "not_an_array" } };
  for (const [at, tool] of value.entries()) {
    const { type, function: called } = Object(tool) as { type?: unknown; function?: { name?: unknown } };
    if (type !== "function" || typeof called?.name !== "string")
      return { problem: { kind: "not_a_tool", index: at + 1 } };
    if (!TOOL_NAME.test(called.name))
      return { problem: { kind: "bad_tool_name", index: at + 1, detail: called.name.slice(0, 80) } };
  }
  return { value: value.length > 0 ? (value as readonly Tool[]) : undefined };
}

/** Undefined for no schema. */
export function checkSchema(text: string): Checked<Readonly<Record<string, unknown>>> {
  const parsed = parse(text);
  if ("problem" in parsed || parsed.value === undefined) return parsed as Checked<never>;
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problem: { kind: "not_an_object" } };
  return { value: value as Readonly<Record<string, unknown>> };
}

function parse(text: string): Checked<unknown> {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (thrown) {
    return { problem: { kind: "not_json", detail: thrown instanceof Error ? thrown.message : "" } };
  }
}

/** Whether all that was typed can be sent. */
export function isSendable(settings: Settings): boolean {
  return !("problem" in checkTools(settings.tools)) && !("problem" in checkSchema(settings.schema));
}

/** The settings as fields of a request, those left to the model not among them. */
export function requestFields(settings: Settings): Omit<ChatCompletionRequest, "model" | "messages"> {
  const { temperature, topP, maxTokens, seed, reasoningEffort } = settings;
  const stop = settings.stop.split("\n").filter((line) => line !== "");
  const tools = valueOf(checkTools(settings.tools));
  const format = responseFormat(settings);
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    ...(seed !== undefined && { seed }),
    ...(stop.length > 0 && { stop }),
    ...(reasoningEffort !== "" && { reasoning_effort: reasoningEffort }),
    ...(tools && { tools }),
    ...(format && { response_format: format }),
  };
}

/** The schema that the answers are bound to; undefined where there is none. */
export function answerSchema({ format, schema }: Settings): Readonly<Record<string, unknown>> | undefined {
  if (format === "text") return undefined;
  return format === "json_object" ? { type: "object" } : (valueOf(checkSchema(schema)) ?? {});
}

function responseFormat(settings: Settings): ChatCompletionRequest["response_format"] {
  if (settings.format === "text") return undefined;
  if (settings.format === "json_object") return { type: "json_object" };
  return { type: "json_schema", json_schema: { name: "answer", schema: answerSchema(settings) } };
}

function valueOf<Value>(checked: Checked<Value>): Value | undefined {
  return "value" in checked ? checked.value : undefined;
}
