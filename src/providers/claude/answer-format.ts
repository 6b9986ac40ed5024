import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { Capabilities } from "./capabilities.ts";
import { inputSchema, type JsonSchema, strictSchema } from "./schema.ts";
import type { ToolFields } from "./tools.ts";
import type { OutputConfig, TextBlockParam } from "./wire.ts";

/** How the answer is held to `response_format`. */
export type AnswerFormat =
  | { readonly by: "nothing" }
  /** The vendor's own way. */
  | { readonly by: "output"; readonly format: NonNullable<OutputConfig["format"]> }
  /** A tool whose arguments are the answer. */
  | { readonly by: "tool"; readonly description: string; readonly schema: JsonSchema }
  | { readonly by: "instruction"; readonly text: string };

/** The name of the tool whose arguments are the answer. */
export const ANSWER_TOOL = "answer_in_json";

const ONLY_JSON =
  "Answer with one valid JSON object and nothing else: no words before or after it, and no code fence around it.";

interface NamedSchema {
  readonly description?: string | null;
  readonly schema?: JsonSchema | null;
}

/**
 * A JSON schema binds the answer on models that know that, if it can be had so; else it is the schema of a tool that has
 * to be called. `json_object` has no equal: the model is told.
 */
export function answerFormat(
  { response_format }: ChatCompletionRequest,
  model: Capabilities,
  receipt: Receipt,
): AnswerFormat {
  if (response_format == null || response_format.type === "text") return { by: "nothing" };
  if (response_format.type !== "json_schema") {
    receipt.note("emulated", "response_format");
    return { by: "instruction", text: ONLY_JSON };
  }
  const { schema, description } = response_format["json_schema"] as NamedSchema;
  const bound = model.hasJsonSchema ? strictSchema(schema ?? { type: "object" }) : undefined;
  if (bound) return { by: "output", format: { type: "json_schema", schema: bound } };
  receipt.note("emulated", "response_format");
  if (!model.canForceTools || !isObjectSchema(schema)) {
    const text = `${ONLY_JSON.replace(" object", "")}\nIt follows this JSON Schema: ${JSON.stringify(schema ?? {})}`;
    return { by: "instruction", text };
  }
  return { by: "tool", description: description ?? "Gives the answer to the user.", schema };
}

/** Only an object can be a tool's arguments. */
function isObjectSchema(schema: JsonSchema | null | undefined): schema is JsonSchema {
  return schema?.["type"] === "object" || schema?.["properties"] !== undefined;
}

/** The tools with the one whose arguments are the answer: it is called, or one of the client's. */
export function withAnswerTool(fields: ToolFields, format: AnswerFormat): ToolFields {
  const { tools = [], tool_choice } = fields;
  if (format.by !== "tool" || tool_choice?.type === "tool") return fields; // the call that is forced comes before the answer
  const answer = { name: ANSWER_TOOL, description: format.description, input_schema: inputSchema(format.schema) };
  const isOnly = tools.length === 0 || tool_choice?.type === "none";
  const isSerial = tool_choice?.type !== "none" && tool_choice?.disable_parallel_tool_use === true;
  return {
    tools: [...tools, answer],
    tool_choice: isOnly
      ? { type: "tool", name: ANSWER_TOOL }
      : { type: "any", ...(isSerial && { disable_parallel_tool_use: true }) },
  };
}

export function withInstruction(system: readonly TextBlockParam[], format: AnswerFormat): readonly TextBlockParam[] {
  return format.by === "instruction" ? [...system, { type: "text", text: format.text }] : system;
}
