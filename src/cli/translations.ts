import type { Language } from "../messages/language.ts";
import { english } from "./messages.en.ts";
import type { Messages } from "./messages.ts";
import { chinese } from "./messages.zh-tw.ts";

/** All that the command line says, in every language that it speaks. */
export const TRANSLATIONS: Readonly<Record<Language, Messages>> = { en: english, "zh-TW": chinese };
