import type { EmbeddingRequest } from "../api/embeddings.ts";
import { invalidRequest } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import type { Expectation } from "../messages/errors.en.ts";
import { say } from "../messages/say.ts";
import { integer, missing, oneOf, string, wrongType } from "./check.ts";
import { modelName } from "./model-name.ts";
import type { JsonObject } from "./read.ts";

const MAX_INPUTS = 2048;
const EXPECTED: Expectation = "a string, an array of strings, an array of token ids, or an array of those";

/**
 * A body as an embedding request, after checking what every provider relies on.
 * @throws ApiError 400 that names the field and what would be right.
 */
export function embeddingRequest(body: Json<JsonObject>): Json<EmbeddingRequest> {
  const fields = body.value;
  modelName(fields);
  input(fields["input"]);
  oneOf(fields, "encoding_format", ["float", "base64"]);
  integer(fields, "dimensions", 1);
  string(fields, "user");
  return body as Json<JsonObject & EmbeddingRequest>;
}

function input(value: unknown): void {
  if (value == null) throw missing("input");
  if (typeof value === "string") return notEmpty(value, "input");
  if (!Array.isArray(value)) throw wrongType("input", EXPECTED, value);
  if (value.length === 0) throw invalidRequest(say.emptyArray("input", EXPECTED), "input", "empty_array");
  if (isTokens(value)) return;
  if (value.length > MAX_INPUTS) {
    const message = say.tooManyEntries("input", value.length, MAX_INPUTS);
    throw invalidRequest(message, "input", "array_above_max_length");
  }
  const ofStrings = typeof value[0] === "string";
  value.forEach((entry: unknown, index) => {
    const path = `input[${index}]`;
    if (ofStrings && typeof entry === "string") notEmpty(entry, path);
    else if (ofStrings) throw wrongType(path, "a string, as the entries before it", entry);
    else if (!isTokens(entry)) throw wrongType(path, "a non-empty array of token ids", entry);
  });
}

function isTokens(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0);
}

function notEmpty(text: string, path: string): void {
  if (text === "") throw invalidRequest(say.emptyText(path), path, "empty_string");
}
