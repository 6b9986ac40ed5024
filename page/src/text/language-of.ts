import type { Language } from "./text.ts";

/** Enough of a text to know it by. */
const LOOKED_AT = 400;

/** Scripts that tell a language, the ones that are mixed with Han characters first. */
const SCRIPTS: readonly (readonly [script: RegExp, language: string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "ja"],
  [/\p{Script=Hangul}/u, "ko"],
  [/\p{Script=Han}/u, "zh"],
  [/\p{Script=Arabic}/u, "ar"],
  [/\p{Script=Hebrew}/u, "he"],
  [/\p{Script=Thai}/u, "th"],
  [/\p{Script=Devanagari}/u, "hi"],
  [/\p{Script=Greek}/u, "el"],
];
const ENGLISH = /\b(?:the|and|of|is|are|to|in|for|with|you|it|this|that)\b/i;

/**
 * What a screen reader should read a text in, and which shapes its characters should have: as BCP 47 writes languages.
 *
 * @param page the page's own language.
 * @returns the page's own where it cannot be told.
 */
export function languageOf(text: string, page: Language): string {
  const beginning = text.slice(0, LOOKED_AT);
  const found = SCRIPTS.find(([script]) => script.test(beginning))?.[1] ?? (ENGLISH.test(beginning) ? "en" : undefined);
  return found === undefined || page.startsWith(found) ? page : found;
}
