import { invalidRequest } from "../api/error.ts";
import { say } from "../messages/say.ts";
import { missing, wrongType } from "./check.ts";
import type { JsonObject } from "./read.ts";

const MAX_LENGTH = 512;

/** @throws ApiError 400 unless the body names a model. */
export function modelName(body: JsonObject): void {
  const model = body["model"];
  if (model == null || model === "") throw missing("model");
  if (typeof model !== "string") throw wrongType("model", "a string", model);
  if (model.length > MAX_LENGTH) {
    throw invalidRequest(say.modelNameTooLong(MAX_LENGTH), "model", "string_above_max_length");
  }
  if (!model.isWellFormed()) {
    throw invalidRequest(say.modelNameMalformed, "model", "invalid_value");
  }
}
