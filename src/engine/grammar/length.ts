import type { Rules } from "./rules.ts";
import { isSchema } from "./schema-algebra.ts";

/*
 * How long becomes what nobody has limited. Without an end to it, small models would write one list, or one string, until
 * their tokens run out; so nothing is longer than about fits into an answer.
 */

/** Longer strings are not written, however long they may be: llama.cpp unrolls what is counted. */
export const MOST_CHARACTERS = 1000;
/** More elements are not written. */
export const MOST_ITEMS = 500;
const CHARACTERS_A_TOKEN = 2;

export function mostCharacters({ tokens }: Rules): number {
  return within(20, tokens * CHARACTERS_A_TOKEN, MOST_CHARACTERS);
}

/** @param each how many tokens an element takes. */
export function mostItems({ tokens }: Rules, each: number): number {
  return within(2, Math.floor(tokens / each), MOST_ITEMS);
}

function within(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

const STRUCTURE = 4;
const SCALAR = 4;
const KEY = 6;
const NEW_KEY = 16;
const UNKNOWN = 12;

/** About how many tokens a value takes that fits the schema, written briefly. */
export function tokensOf(schema: unknown): number {
  if (!isSchema(schema)) return UNKNOWN;
  const { type, properties, prefixItems } = schema;
  if (properties !== undefined) {
    return Object.values(properties).reduce<number>((sum, each) => sum + KEY + tokensOf(each), STRUCTURE);
  }
  if (Array.isArray(prefixItems)) return prefixItems.reduce<number>((sum, each) => sum + tokensOf(each), STRUCTURE);
  if (schema["items"] !== undefined)
    return STRUCTURE + Math.max(1, Number(schema["minItems"] ?? 1)) * tokensOf(schema["items"]);
  const isScalar = type === "integer" || type === "number" || type === "boolean" || type === "null";
  return isScalar || schema.enum !== undefined || schema.const !== undefined ? SCALAR : UNKNOWN;
}

/** Of a member whose name the model makes up. */
export function entryTokensOf(schema: unknown): number {
  return NEW_KEY + tokensOf(schema);
}
