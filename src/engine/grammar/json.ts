import { characterNotOf, either, literal, repeat } from "./expressions.ts";
import type { Rules } from "./rules.ts";

/** Characters that a JSON string holds only in an escaped form. */
export const ESCAPED_IN_JSON = [
  [0x00, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
] as const;

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

/** One character of a string: itself, or escaped. A surrogate alone is none, nor is DEL, which some readers refuse. */
export function stringCharacter(rules: Rules): string {
  const plain = characterNotOf([...ESCAPED_IN_JSON, [0x7f, 0x7f]]);
  const escaped = `"\\\\" (["\\\\/bfnrt] | "u" ([0-9a-cefA-CEF] ${HEX}{3} | [dD] [0-7] ${HEX}{2}))`;
  return rules.add("char", `(${plain} | ${escaped})`);
}

/** @param max without one there is no limit. */
export function anyString(rules: Rules, min = 0, max?: number): string {
  const quote = literal('"');
  return rules.add("string", `${quote} ${repeat(stringCharacter(rules), min, max)} ${quote}`);
}

/** As many digits as a number of JavaScript holds. */
export function anyInteger(rules: Rules): string {
  return rules.add("integer", '"-"? ("0" | [1-9] [0-9]{0,14})');
}

export function anyNumber(rules: Rules): string {
  return rules.add("number", `${anyInteger(rules)} ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?`);
}

/** JSON without a schema. */
export function anyValue(rules: Rules): string {
  return rules.once("value", (value) => {
    const array = `"[" ${space(rules)} (${list(rules, value)} ${space(rules)})? "]"`;
    return either([objectOf(value, rules), array, anyString(rules), anyNumber(rules), '"true"', '"false"', '"null"']);
  });
}

export function anyObject(rules: Rules): string {
  return objectOf(anyValue(rules), rules);
}

function objectOf(value: string, rules: Rules): string {
  const gap = space(rules);
  const member = rules.add("member", `${anyString(rules)} ":" ${gap} ${value}`);
  return rules.add("object", `"{" ${gap} (${list(rules, member)} ${gap})? "}"`);
}

/** One or more of them with commas between. */
export function list(rules: Rules, item: string): string {
  return `${item} ${repeat(`${comma(rules)} ${item}`, 0)}`;
}
