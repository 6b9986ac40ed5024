import { type CodePoints, literal } from "./expressions.ts";

/** How texts and keys stand in what a grammar describes; all else is as in JSON. */
export interface Notation {
  readonly name: string;
  /** On both sides of a text. */
  readonly quote: string;
  /** Characters that do not stand in a text as they are. */
  readonly reserved: readonly CodePoints[];
  /** Whether these stand there behind a backslash; else not at all. */
  readonly escapes: boolean;
  /** Whether keys that are words have no quotes. */
  readonly bareKeys: boolean;
}

export const JSON_NOTATION: Notation = {
  name: "json",
  quote: '"',
  // DEL is none of JSON's, but some readers refuse it.
  reserved: [
    [0x00, 0x1f],
    [0x22, 0x22],
    [0x5c, 0x5c],
    [0x7f, 0x7f],
  ],
  escapes: true,
  bareKeys: false,
};

/** Texts between marks, as they are but for the character that the mark begins with. */
export function markedNotation(quote: string): Notation {
  const first = quote.codePointAt(0) ?? 0;
  return { name: "marked", quote, reserved: [[first, first]], escapes: false, bareKeys: true };
}

/** What stands between quotes, with them. */
export function quoted(expression: string, { quote }: Notation): string {
  return `${literal(quote)} ${expression} ${literal(quote)}`;
}

/** A key that is known. */
export function keyOf(name: string, notation: Notation): string {
  return literal(keyText(name, notation));
}

/** A value that is known. */
export function constant(value: unknown, notation: Notation): string {
  return literal(valueText(value, notation));
}

function keyText(name: string, notation: Notation): string {
  return notation.bareKeys && /^[\p{L}\p{N}_.-]+$/u.test(name) ? name : valueText(name, notation);
}

function valueText(value: unknown, notation: Notation): string {
  const { quote, escapes } = notation;
  if (escapes || value === null || (typeof value !== "string" && typeof value !== "object"))
    return JSON.stringify(value);
  if (typeof value === "string") return quote + value + quote;
  if (Array.isArray(value)) return `[${value.map((each) => valueText(each, notation)).join(",")}]`;
  const members = Object.entries(value).map(([key, each]) => `${keyText(key, notation)}:${valueText(each, notation)}`);
  return `{${members.join(",")}}`;
}
