import { stringEnd } from "./scan.ts";

/** Documents up to this size are not worth a look before they are parsed. */
const SMALL_BYTES = 8 * 1024;
/** Longer strings, and longer runs of numbers, are cut short. */
const LONG_BYTES = 1024;
/** As long as what may be meant: a name that is too long stays too long. */
const SOME_STRING = `"${" ".repeat(LONG_BYTES)}"`;

const QUOTE = 0x22;

/**
 * A JSON document without what makes it large: every long string becomes a string of spaces, every long list of numbers
 * an empty one. A chat's history and an embedding are long strings and numbers nearly from end to end, and are skipped by
 * the native search for the next quote: to parse this costs a tenth of parsing the whole.
 *
 * @returns undefined for a document that is small.
 */
export function outlineOf(json: Buffer): string | undefined {
  if (json.length <= SMALL_BYTES) return undefined;
  let outline = "";
  let kept = 0;
  let end = 0;
  for (let start = json.indexOf(QUOTE); ; start = json.indexOf(QUOTE, end)) {
    const gapEnd = start < 0 ? json.length : start;
    if (gapEnd - end > LONG_BYTES) {
      const from = firstNumber(json, end, gapEnd);
      outline += json.toString("utf8", kept, from);
      kept = afterLastNumber(json, from, gapEnd);
    }
    if (start < 0) return outline + json.toString("utf8", kept);
    end = stringEnd(json, start);
    if (end - start > LONG_BYTES) {
      outline += json.toString("utf8", kept, start) + SOME_STRING;
      kept = end;
    }
  }
}

/** Where, between two strings, the first number begins. */
function firstNumber(json: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && !isOfNumber(json[at])) at++;
  return at;
}

function afterLastNumber(json: Buffer, from: number, to: number): number {
  let at = to;
  while (at > from && !isOfNumber(json[at - 1])) at--;
  return at;
}

function isOfNumber(byte: number | undefined): boolean {
  return byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39);
}
