import { invalidRequest } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import type { RerankRequest } from "../api/rerank.ts";
import { say } from "../messages/say.ts";
import { boolean, integer, isObject, missing, string, wrongType } from "./check.ts";
import { modelName } from "./model-name.ts";
import type { JsonObject } from "./read.ts";

const MAX_DOCUMENTS = 10_000;

/**
 * A body as a rerank request, after checking what every provider relies on.
 * @throws ApiError 400 that names the field and what would be right.
 */
export function rerankRequest(body: Json<JsonObject>): Json<RerankRequest> {
  const fields = body.value;
  modelName(fields);
  query(fields);
  documents(fields["documents"]);
  integer(fields, "top_n", 1);
  integer(fields, "max_tokens_per_doc", 1);
  for (const field of ["return_documents", "truncate", "truncation", "raw_scores"]) boolean(fields, field);
  return body as Json<JsonObject & RerankRequest>;
}

function query(fields: JsonObject): void {
  if (fields["query"] == null) throw missing("query");
  string(fields, "query");
  if (fields["query"] !== "") return;
  throw invalidRequest(say.emptyText("query"), "query", "empty_string");
}

function documents(value: unknown): void {
  const expected = "an array of strings, or of objects with a 'text'";
  if (value == null) throw missing("documents");
  if (!Array.isArray(value)) throw wrongType("documents", expected, value);
  if (value.length === 0) {
    throw invalidRequest(say.emptyArray("documents", expected), "documents", "empty_array");
  }
  if (value.length > MAX_DOCUMENTS) {
    const message = say.tooManyEntries("documents", value.length, MAX_DOCUMENTS);
    throw invalidRequest(message, "documents", "array_above_max_length");
  }
  value.forEach((entry: unknown, index) => {
    if (typeof entry === "string") return;
    const path = `documents[${index}]`;
    if (!isObject(entry)) throw wrongType(path, "a string, or an object with a 'text'", entry);
    if (entry["text"] == null) throw missing(`${path}.text`);
    string(entry, "text", `${path}.text`);
  });
}
