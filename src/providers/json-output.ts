import { createRequire } from "node:module";
import type * as Zod from "zod";
import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";

/*
 * Structured output from models that are not bound to a schema: they are told, and their answer is checked.
 */

const require = createRequire(import.meta.url);

type JsonSchema = Readonly<Record<string, unknown>>;
type ResponseFormat = { readonly type: string; readonly [field: string]: unknown } | null | undefined;

/** The schema of `response_format`; undefined where it asks for none. */
export function answerSchema(format: ResponseFormat): JsonSchema | undefined {
  if (format?.type !== "json_schema") return undefined;
  const { schema } = Object(format["json_schema"]) as { schema?: JsonSchema | null };
  return schema ?? {};
}

/**
 * What to tell the model; the word JSON has to stand in it, where a vendor looks for that.
 * @param schema without one, an object of any kind is asked for.
 */
export function jsonInstruction(schema: JsonSchema | undefined): string {
  if (schema === undefined)
    return "Answer with one valid JSON object and nothing else: no words around it, and no code fence.";
  const only = "Answer with one valid JSON value and nothing else: no words around it, and no code fence.";
  return `${only}\nIt must fit this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** The JSON in an answer: some models put it into a code fence whatever they are told. */
export function unfenced(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text;
}

/**
 * @param schema `{}` asks for no more than JSON.
 * @throws ApiError 502 for an answer that is no JSON, or does not fit the schema.
 */
export function checkJson(text: string, schema: JsonSchema): void {
  const problem = jsonProblem(text, schema);
  if (problem === undefined) return;
  const message = say.formatViolated(problem);
  throw new ApiError(502, "api_error", message, { code: "response_format_violated" });
}

function jsonProblem(text: string, schema: JsonSchema): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim() === "" ? "it is empty" : "it is no valid JSON";
  }
  const [issue] = validator(schema)?.safeParse(value).error?.issues ?? [];
  if (!issue) return undefined;
  return `${issue.path.length > 0 ? `'${issue.path.join(".")}': ` : ""}${issue.message}`;
}

/** Undefined for a schema that says more than Zod can check: then being JSON has to do. */
function validator(schema: JsonSchema): Zod.ZodType | undefined {
  // Large, and needed for few answers: it is loaded for the first.
  const { fromJSONSchema, registry } = require("zod") as typeof Zod;
  try {
    return fromJSONSchema(checkable(schema), { registry: registry() });
  } catch {
    return undefined;
  }
}

const MAPS_OF_SCHEMAS = new Set(["properties", "$defs", "definitions"]);
const VALUES = new Set(["const", "enum", "default", "examples"]);

/**
 * A schema without the client's regular expressions, one of which could keep this process busy for ever, and without
 * formats, about which validators differ.
 */
function checkable(schema: JsonSchema): JsonSchema {
  const kept = Object.entries(schema).filter(
    ([keyword]) =>
      !["pattern", "patternProperties", "format"].includes(keyword) &&
      !(keyword === "additionalProperties" && "patternProperties" in schema),
  );
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, checkableValue(keyword, value)]));
}

function checkableValue(keyword: string, value: unknown): unknown {
  if (VALUES.has(keyword)) return value;
  if (Array.isArray(value)) return value.map((entry) => (isSchema(entry) ? checkable(entry) : entry));
  if (!isSchema(value)) return value;
  if (!MAPS_OF_SCHEMAS.has(keyword)) return checkable(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, isSchema(entry) ? checkable(entry) : entry]),
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
