import { characterNotOf, either, repeat } from "./expressions.ts";
import { mostCharacters, mostItems } from "./length.ts";
import { quoted } from "./notation.ts";
import type { Rules } from "./rules.ts";

const HEX = "[0-9a-fA-F]";

/**
 * White space between two tokens, as little as models put there: without an end to it, some would write nothing else.
 */
export function space(rules: Rules): string {
  return rules.add("space", '(" " | "\\n" [ \\t]{0,20})?');
}

/** A comma and the space after it. */
export function comma(rules: Rules): string {
  return `"," ${space(rules)}`;
}

/** One character of a string: itself, or escaped. A surrogate alone is none. */
export function stringCharacter(rules: Rules): string {
  const plain = characterNotOf(rules.notation.reserved);
  if (!rules.notation.escapes) return plain;
  const escaped = `"\\\\" (["\\\\/bfnrt] | "u" ([0-9a-cefA-CEF] ${HEX}{3} | [dD] [0-7] ${HEX}{2}))`;
  return rules.add("char", `(${plain} | ${escaped})`);
}

/** @param max without one, as many characters as fit into the answer. */
export function anyString(rules: Rules, min = 0, max: number = Math.max(min, mostCharacters(rules))): string {
  return rules.add("string", quoted(repeat(stringCharacter(rules), min, max), rules.notation));
}

/** As many digits as a number of JavaScript holds. */
export function anyInteger(rules: Rules): string {
  return rules.add("integer", '"-"? ("0" | [1-9] [0-9]{0,14})');
}

export function anyNumber(rules: Rules): string {
  return rules.add("number", `${anyInteger(rules)} ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?`);
}

/** Objects and arrays without a schema go so deep into each other. */
const MAX_DEPTH = 8;
/** Names that the model makes up are no longer. */
export const KEY_CHARACTERS = 40;
/** An element without a schema takes about so many tokens. */
const VALUE_TOKENS = 16;
const MOST_VALUES = 100;

/** JSON without a schema. */
export function anyValue(rules: Rules, depth: number = MAX_DEPTH): string {
  return rules.once(`value-to-${depth}`, () => {
    const scalars = [anyString(rules), anyNumber(rules), '"true"', '"false"', '"null"'];
    return either(depth === 0 ? scalars : [anyObject(rules, depth), anyArray(rules, depth), ...scalars]);
  });
}

export function anyObject(rules: Rules, depth: number = MAX_DEPTH): string {
  const gap = space(rules);
  const key = anyString(rules, 0, KEY_CHARACTERS);
  const member = rules.add("member", `${key} ":" ${gap} ${anyValue(rules, depth - 1)}`);
  return rules.add("object", `"{" ${gap} (${values(rules, member)} ${gap})? "}"`);
}

function anyArray(rules: Rules, depth: number): string {
  const gap = space(rules);
  return rules.add("array", `"[" ${gap} (${values(rules, anyValue(rules, depth - 1))} ${gap})? "]"`);
}

/** One or more of them with commas between. */
function values(rules: Rules, value: string): string {
  const most = Math.min(MOST_VALUES, mostItems(rules, VALUE_TOKENS));
  return `${value} ${repeat(`${comma(rules)} ${value}`, 0, most - 1)}`;
}
