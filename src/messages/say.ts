import { type EngineMessages, engineEnglish } from "./engine.en.ts";
import { engineChinese } from "./engine.zh-tw.ts";
import { type FileMessages, filesEnglish } from "./files.en.ts";
import { filesChinese } from "./files.zh-tw.ts";
import { type ErrorMessages, english } from "./errors.en.ts";
import { chinese } from "./errors.zh-tw.ts";
import type { Translated } from "./language.ts";

/** One message in each language. */
export type Wording = Translated;

/** A message in the other languages than English: what one Omniport sends another along with an error. */
export type Translations = Omit<Wording, "en">;

type InEachLanguage<Text> = Text extends (...values: infer Values) => string ? (...values: Values) => Wording : Wording;

type Messages = ErrorMessages & EngineMessages & FileMessages;

type Say = { readonly [Key in keyof Messages]: InEachLanguage<Messages[Key]> };

type Text = string | ((...values: never[]) => string);

/** The catalogue: `say.missingParameter("model")` is that message in each language. */
export const say: Say = everyText();

function everyText(): Say {
  const translated: Readonly<Record<string, Text>> = { ...chinese, ...engineChinese, ...filesChinese };
  const texts = Object.entries<Text>({ ...english, ...engineEnglish, ...filesEnglish }).map(([key, text]) => [
    key,
    inBoth(text, translated[key] ?? text),
  ]);
  return Object.fromEntries(texts) as Say;
}

function inBoth(en: Text, zh: Text): unknown {
  if (typeof en === "string" || typeof zh === "string") return { en, "zh-TW": zh };
  return (...values: never[]): Wording => ({ en: en(...values), "zh-TW": zh(...values) });
}
