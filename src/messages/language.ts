/** What is spoken here: English, and Traditional Chinese as used in Taiwan. */
export type Language = "en" | "zh-TW";

/** The same in each language. */
export type Translated = Readonly<Record<Language, string>>;

/**
 * What `accept-language` says where another Omniport is asked, which then sends its errors in every language: which one
 * counts, only the gateway knows that has the client. It is the code of ISO 639 for "multiple languages".
 */
export const EVERY_LANGUAGE = "mul";

/** More of a header than this is not looked at. */
const MAX_RANGES = 32;

/**
 * The language that a request's `Accept-Language` likes best. Of Chinese there is the Traditional one, for all who read
 * Chinese; English for everybody else.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  if (acceptLanguage === undefined) return "en";
  const wishes = acceptLanguage.split(",", MAX_RANGES).flatMap(wish);
  const best = (language: Language): number =>
    Math.max(0, ...wishes.filter((wish) => wish.language === language).map(({ quality }) => quality));
  const [english, chinese] = [best("en"), best("zh-TW")];
  if (english !== chinese) return chinese > english ? "zh-TW" : "en";
  return wishes.find(({ quality }) => quality > 0)?.language ?? "en";
}

interface Wish {
  readonly language: Language;
  /** From 0, not at all, to 1. */
  readonly quality: number;
}

/** A language range such as `zh-Hant-TW;q=0.8`; none where it is neither English nor Chinese. */
function wish(range: string): readonly Wish[] {
  const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  const language = spoken(tag);
  if (language === undefined) return [];
  const quality = Number(parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? 1);
  return [{ language, quality: quality >= 0 && quality <= 1 ? quality : 0 }];
}

function spoken(tag: string): Language | undefined {
  if (/^zh(-|$)/.test(tag)) return "zh-TW";
  return /^en(-|$)/.test(tag) ? "en" : undefined;
}
