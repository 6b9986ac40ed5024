import type { AddedToken } from "./tokenizer-json.ts";
import { trimEnd, trimStart } from "./white-space.ts";

/** A piece of a text: an added token, or what stands between two. */
export type Part = string | AddedToken;

/** The characters that words are made of, as Rust's `regex` has them. */
const IN_WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;

/**
 * Finds tokens in a text: the longest of those that begin earliest.
 *
 * @param tokens by the text that is looked for.
 * Source: `AddedVocabulary::find_matches` of https://github.com/huggingface/tokenizers
 */
export function addedTokenFinder(tokens: ReadonlyMap<string, AddedToken>): (text: string) => readonly Part[] {
  const texts = [...tokens.keys()].filter((text) => text !== "").toSorted((a, b) => b.length - a.length);
  if (texts.length === 0) return (text) => (text === "" ? [] : [text]);
  const pattern = new RegExp(texts.map((text) => RegExp.escape(text)).join("|"), "gu");

  return (text) => {
    const parts: Part[] = [];
    // A match may begin before it, where spaces are a token: the reference then takes them twice, too.
    let end = 0;
    for (const { 0: match, index } of text.matchAll(pattern)) {
      const token = tokens.get(match);
      const next = index + match.length;
      if (token === undefined || (token["single_word"] === true && isInWord(text, index, next))) continue;
      const between = text.slice(end, index);
      const kept = token["lstrip"] === true ? trimEnd(between) : between;
      if (kept !== "") parts.push(kept);
      parts.push(token);
      end = token["rstrip"] === true ? text.length - trimStart(text.slice(next)).length : next;
    }
    if (end < text.length) parts.push(text.slice(end));
    return parts;
  };
}

/** Whether a letter stands before or behind. */
function isInWord(text: string, start: number, end: number): boolean {
  const before = Array.from(text.slice(Math.max(0, start - 2), start)).at(-1) ?? "";
  const behind = String.fromCodePoint(text.codePointAt(end) ?? 0);
  return IN_WORD.test(before) || IN_WORD.test(behind);
}
