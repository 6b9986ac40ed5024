import { type ApiError, invalidRequest } from "../api/error.ts";
import type { Expected, Found } from "../messages/errors.en.ts";
import { say } from "../messages/say.ts";
import type { JsonObject } from "./read.ts";

/*
 * Checks of a body's fields. Each names the field as a path (`messages[0].role`) and words its error as OpenAI does.
 * A field that is absent or null passes every check but `required`.
 */

export function required(body: JsonObject, field: string): void {
  if (body[field] == null) throw missing(field);
}

export function missing(path: string): ApiError {
  return invalidRequest(say.missingParameter(path), path, "missing_required_parameter");
}

export function wrongType(path: string, expected: Expected, value: unknown): ApiError {
  const message = say.wrongType(path, expected, kindOf(value));
  return invalidRequest(message, path, "invalid_type");
}

export function wrongValue(path: string, value: unknown, supported: readonly string[]): ApiError {
  const shown = typeof value === "string" ? value.slice(0, 100) : JSON.stringify(value);
  const message = say.wrongValue(path, shown, supported);
  return invalidRequest(message, path, "invalid_value");
}

export function string(body: JsonObject, field: string, path: string = field): void {
  const value = body[field];
  if (value != null && typeof value !== "string") throw wrongType(path, "a string", value);
}

export function boolean(body: JsonObject, field: string): void {
  const value = body[field];
  if (value != null && typeof value !== "boolean") throw wrongType(field, "a boolean", value);
}

export function object(body: JsonObject, field: string): void {
  const value = body[field];
  if (value != null && !isObject(value)) throw wrongType(field, "an object", value);
}

export function oneOf(body: JsonObject, field: string, values: readonly string[], path: string = field): void {
  const value = body[field];
  if (value == null) return;
  if (typeof value !== "string") throw wrongType(path, values, value);
  if (!values.includes(value)) throw wrongValue(path, value, values);
}

export function number(body: JsonObject, field: string, min: number, max: number): void {
  const value = body[field];
  if (value == null) return;
  if (typeof value !== "number") throw wrongType(field, "a number", value);
  if (value < min || value > max) throw outOfRange("decimal", field, value, min, max);
}

export function integer(body: JsonObject, field: string, min: number, max: number = Number.MAX_SAFE_INTEGER): void {
  const value = body[field];
  if (value == null) return;
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(field, "an integer", value);
  if (value < min || value > max) throw outOfRange("integer", field, value, min, max);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function outOfRange(kind: "integer" | "decimal", field: string, value: number, min: number, max: number): ApiError {
  const [side, bound] = value < min ? (["below_min", min] as const) : (["above_max", max] as const);
  const message = say.outOfRange(field, kind, value, bound);
  return invalidRequest(message, field, `${kind}_${side}_value`);
}

function kindOf(value: unknown): Found {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "an integer" : "a decimal number";
    case "string":
      return "a string";
    case "boolean":
      return "a boolean";
    case "undefined":
      return "a undefined";
    default:
      return "an object";
  }
}
