import { characterOf, type CodePoints, either, literal, repeat } from "./expressions.ts";
import { stringCharacter } from "./json.ts";
import type { Notation } from "./notation.ts";
import type { Rules } from "./rules.ts";

/**
 * A regular expression, as JSON Schema's `pattern` has it, for what stands between the quotes of a JSON string.
 *
 * Known are alternatives, groups, classes, `.`, `\d \w \s` and their opposites, escapes, all quantifiers, and anchors at
 * the ends of an alternative.
 * @param repetitions how often comes at most what may come without an end.
 * @throws PatternError for what cannot be said in a grammar.
 */
export function pattern(source: string, rules: Rules, repetitions: number): Pattern {
  return createParser(source, rules, repetitions).whole();
}

export class PatternError extends Error {
  override readonly name = "PatternError";
}

export interface Pattern {
  readonly expression: string;
  /** The length of its shortest text and of its longest, in characters. */
  readonly least: number;
  readonly most: number;
}

const LAST_CODE_POINT = 0x10ffff;
const SURROGATES: CodePoints = [0xd800, 0xdfff];
const DIGITS: readonly CodePoints[] = [[0x30, 0x39]];
const WORD: readonly CodePoints[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const WHITE: readonly CodePoints[] = [
  [0x09, 0x0a],
  [0x0d, 0x0d],
  [0x20, 0x20],
];
const LINE_ENDS: readonly CodePoints[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const CLASSES: Readonly<Record<string, readonly CodePoints[]>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: WHITE,
  S: complement(WHITE),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, "0": 0x00 };
const MAX_DEPTH = 32;
const MAX_REPETITIONS = 1000;

function createParser(source: string, rules: Rules, repetitions: number): { whole(): Pattern } {
  const characters = Array.from(source);
  let at = 0;
  let depth = 0;

  const fail = (what: string): never => {
    throw new PatternError(`${what} at character ${at + 1}`);
  };
  const take = (text: string): boolean => {
    const found = characters.slice(at, at + text.length).join("") === text;
    if (found) at += text.length;
    return found;
  };
  const next = (): string => characters[at++] ?? fail("it ends too early");

  function whole(): Pattern {
    const parts = alternatives(true);
    if (at < characters.length) fail("an unexpected ')'");
    return parts;
  }

  /** @param isOutermost whether what has no anchor may stand anywhere in the text. */
  function alternatives(isOutermost: boolean): Pattern {
    if (++depth > MAX_DEPTH) fail("groups are nested too deeply");
    const parts = [alternative(isOutermost)];
    while (take("|")) parts.push(alternative(isOutermost));
    depth--;
    return {
      expression: either(parts.map(({ expression }) => expression)),
      least: Math.min(...parts.map(({ least }) => least)),
      most: Math.max(...parts.map(({ most }) => most)),
    };
  }

  function alternative(isOutermost: boolean): Pattern {
    const parts: Pattern[] = [];
    const anything: Pattern = {
      expression: repeat(stringCharacter(rules), 0, repetitions),
      least: 0,
      most: repetitions,
    };
    if (isOutermost && !take("^")) parts.push(anything);
    let isClosed = false;
    while (at < characters.length && characters[at] !== "|" && characters[at] !== ")") {
      isClosed = isOutermost && atEnd();
      if (isClosed) break;
      parts.push(quantified());
    }
    if (isClosed) at++;
    else if (isOutermost) parts.push(anything);
    const expressions = parts.map(({ expression }) => expression).filter((expression) => expression !== "");
    return {
      expression: expressions.join(" "),
      least: sum(parts.map(({ least }) => least)),
      most: sum(parts.map(({ most }) => most)),
    };
  }

  const atEnd = (): boolean =>
    characters[at] === "$" && (characters[at + 1] === undefined || characters[at + 1] === "|");

  function quantified(): Pattern {
    const part = atom();
    const limits = quantifier();
    if (limits === undefined) return part;
    const [min, max = Math.max(min, repetitions)] = limits;
    if (part.least === 0 && max > 1) fail("a repetition of what may be empty");
    const expression = repeat(rules.add("part", part.expression), min, max);
    return { expression, least: min * part.least, most: max * part.most };
  }

  function quantifier(): readonly [min: number, max?: number] | undefined {
    const limits = simpleQuantifier() ?? countedQuantifier();
    if (limits === undefined) return undefined;
    take("?"); // whether it takes much or little first makes no difference here
    if (limits.some((limit) => Number(limit) > MAX_REPETITIONS)) fail(`more than ${MAX_REPETITIONS} repetitions`);
    return limits;
  }

  function simpleQuantifier(): readonly [min: number, max?: number] | undefined {
    if (take("*")) return [0];
    if (take("+")) return [1];
    return take("?") ? [0, 1] : undefined;
  }

  function countedQuantifier(): readonly [min: number, max?: number] | undefined {
    const found = /^\{(\d+)(,(\d*))?\}/.exec(characters.slice(at, at + 20).join(""));
    if (!found) return undefined;
    at += found[0].length;
    const min = Number(found[1]);
    if (found[2] === undefined) return [min, min];
    return found[3] === "" ? [min] : [min, Number(found[3])];
  }

  function atom(): Pattern {
    const character = next();
    switch (character) {
      case "(":
        return group();
      case "[":
        return one(characterClass());
      case ".":
        return one(complement(LINE_ENDS));
      case "\\":
        return one(escape());
      case "^":
      case "$":
        return fail(`'${character}' in the midst`);
      case "*":
      case "+":
      case "?":
        return fail(`'${character}' after nothing`);
      default:
        return one([rangeOf(character)]);
    }
  }

  function group(): Pattern {
    if (take("?") && !take(":")) {
      if (characters[at] !== "<" || /[=!]/.test(characters[at + 1] ?? "")) fail("a look-ahead or look-behind");
      while (next() !== ">");
    }
    const part = alternatives(false);
    if (!take(")")) fail("a ')' is missing");
    return part;
  }

  function escape(): readonly CodePoints[] {
    const character = next();
    const known = CLASSES[character];
    if (known) return known;
    const control = CONTROLS[character];
    if (control !== undefined) return [[control, control]];
    if (character === "x") return hexadecimal(2);
    if (character === "u") return take("{") ? braced() : hexadecimal(4);
    if (/[A-Za-z1-9]/.test(character)) return fail(`'\\${character}'`);
    return [rangeOf(character)];
  }

  function hexadecimal(length: number): readonly CodePoints[] {
    const digits = characters.slice(at, at + length).join("");
    at += length;
    return codePoint(digits);
  }

  function braced(): readonly CodePoints[] {
    let digits = "";
    for (let character = next(); character !== "}"; character = next()) digits += character;
    return codePoint(digits);
  }

  function codePoint(digits: string): readonly CodePoints[] {
    const value = /^[0-9a-fA-F]{1,6}$/.test(digits) ? Number.parseInt(digits, 16) : fail("a wrong escape");
    return [[value, value]];
  }

  function characterClass(): readonly CodePoints[] {
    const isNegated = take("^");
    const ranges: CodePoints[] = [];
    while (!take("]")) {
      const first = member();
      const isRange = characters[at] === "-" && characters[at + 1] !== "]";
      if (!isRange) ranges.push(...first);
      else {
        at++;
        ranges.push([first[0]?.[0] ?? 0, member()[0]?.[1] ?? 0]);
      }
    }
    return isNegated ? complement(ranges) : ranges;
  }

  function member(): readonly CodePoints[] {
    const character = next();
    if (character !== "\\") return [rangeOf(character)];
    if (take("b")) return [[0x08, 0x08]];
    return escape();
  }

  function one(ranges: readonly CodePoints[]): Pattern {
    const expression = inString(ranges, rules.notation);
    return expression === "" ? fail("a class without a character") : { expression, least: 1, most: 1 };
  }

  return { whole };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function rangeOf(character: string): CodePoints {
  const codePoint = character.codePointAt(0) ?? 0;
  return [codePoint, codePoint];
}

const ESCAPED = ['"', "\\", "\n", "\t", "\r"];

/** One of the characters as a string writes it. */
function inString(ranges: readonly CodePoints[], { reserved, escapes }: Notation): string {
  const escaped = (escapes ? ESCAPED : []).filter((character) => includes(ranges, rangeOf(character)[0]));
  const plain = subtract(ranges, [...reserved, SURROGATES]);
  const expressions = escaped.map((character) => literal(JSON.stringify(character).slice(1, -1)));
  if (plain.length > 0) expressions.push(characterOf(plain));
  return expressions.length === 0 ? "" : either(expressions);
}

function includes(ranges: readonly CodePoints[], codePoint: number): boolean {
  return ranges.some(([first, last]) => first <= codePoint && codePoint <= last);
}

function complement(ranges: readonly CodePoints[]): readonly CodePoints[] {
  return subtract([[0, LAST_CODE_POINT]], ranges);
}

function subtract(ranges: readonly CodePoints[], others: readonly CodePoints[]): readonly CodePoints[] {
  return others.reduce<readonly CodePoints[]>(
    (left, [first, last]) =>
      left.flatMap(([from, to]) => {
        const before: CodePoints = [from, Math.min(to, first - 1)];
        const after: CodePoints = [Math.max(from, last + 1), to];
        return [before, after].filter(([start, end]) => start <= end);
      }),
    ranges,
  );
}
