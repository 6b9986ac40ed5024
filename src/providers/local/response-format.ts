import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import { EngineError } from "../../engine/errors.ts";
import { say } from "../../messages/say.ts";
import { checkSchema } from "../../engine/grammar/schema.ts";
import type { GenerateRequest, JsonSchema } from "../../engine/model.ts";

/**
 * What `response_format` asks for; undefined for text.
 * @throws ApiError 400 that names what a schema has that local models cannot keep to. Where that may be dropped, the
 *   answer is any object.
 */
export function answerJson(
  format: ChatCompletionRequest["response_format"],
  receipt: Receipt,
): GenerateRequest["json"] {
  if (format?.type === "json_object") return "object";
  if (format?.type !== "json_schema") return undefined;
  const { schema } = Object(format["json_schema"]) as { schema?: JsonSchema | null };
  if (schema == null) return "object";
  return canKeepTo(schema, "response_format.json_schema.schema", receipt) ? schema : "object";
}

/**
 * Whether models can be bound to a schema.
 * @throws ApiError 400 that names the field, and the part of the schema, unless it may be dropped.
 */
export function canKeepTo(schema: JsonSchema, field: string, receipt: Receipt): boolean {
  try {
    checkSchema(schema);
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    receipt.refuse(field, say.schemaTooRich(error.wording));
    return false;
  }
}
