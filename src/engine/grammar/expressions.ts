/*
 * Expressions of llama.cpp's grammar notation. Each can stand in a sequence without brackets around it.
 */

/** The text itself. */
export function literal(text: string): string {
  const escaped = Array.from(text, (character) =>
    /[\p{L}\p{N} !#-[\]-~]/u.test(character) ? character : escapedCharacter(character.codePointAt(0) ?? 0),
  );
  return text === "" ? "" : `"${escaped.join("")}"`;
}

/** One of the expressions, each once; an empty one among them makes the others optional. */
export function either(expressions: readonly string[]): string {
  const different = [...new Set(expressions)];
  const [only] = different;
  if (different.length === 1 && only !== undefined) return only;
  return `(${different.map((expression) => (expression === "" ? '""' : expression)).join(" | ")})`;
}

/** @param max without one there is no limit. */
export function repeat(expression: string, min: number, max?: number): string {
  if (max === 0 || expression === "") return "";
  if (min === 1 && max === 1) return expression;
  if (max !== undefined) return `(${expression}){${min},${max}}`;
  return min === 0 ? `(${expression})*` : `(${expression}){${min},}`;
}

/** First and last code point. */
export type CodePoints = readonly [first: number, last: number];

/** One character out of the ranges, of which there must be one. */
export function characterOf(ranges: readonly CodePoints[]): string {
  return `[${classOf(ranges)}]`;
}

/** One character that is in none of the ranges. */
export function characterNotOf(ranges: readonly CodePoints[]): string {
  return `[^${classOf(ranges)}]`;
}

function classOf(ranges: readonly CodePoints[]): string {
  return ranges
    .map(([first, last]) =>
      first === last ? escapedCharacter(first) : `${escapedCharacter(first)}-${escapedCharacter(last)}`,
    )
    .join("");
}

function escapedCharacter(codePoint: number): string {
  return `\\U${codePoint.toString(16).padStart(8, "0")}`;
}
