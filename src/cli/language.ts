import type { Environment } from "../config/environment.ts";
import type { Language } from "../messages/language.ts";

/**
 * The language to speak, as the locale has it; of Chinese, there is the Traditional one.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02
 */
export function language(environment: Environment, systemLocale: string = navigator.language): Language {
  // Windows sets no such variables, but has a locale all the same.
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || systemLocale;
  return /^zh(?![a-z])/i.test(locale) ? "zh-TW" : "en";
}
