import type { ChatCompletionRequest } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import { EngineError } from "../../engine/errors.ts";
import { checkSchema } from "../../engine/grammar/schema.ts";
import type { GenerateRequest, JsonSchema } from "../../engine/model.ts";

/**
 * What `response_format` asks for; undefined for text.
 * @throws ApiError 400 that names what a schema has that local models cannot keep to.
 */
export function answerJson(format: ChatCompletionRequest["response_format"]): GenerateRequest["json"] {
  if (format?.type === "json_object") return "object";
  if (format?.type !== "json_schema") return undefined;
  const { schema } = Object(format["json_schema"]) as { schema?: JsonSchema | null };
  if (schema == null) return "object";
  check(schema, "response_format.json_schema.schema");
  return schema;
}

/** @throws ApiError 400 that names the field, and the part of the schema. */
export function check(schema: JsonSchema, field: string): void {
  try {
    checkSchema(schema);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalidRequest(error.message, field, "unsupported_schema");
  }
}
