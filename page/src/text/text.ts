import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { store, stored } from "../stored.ts";
import { en } from "./en.ts";
import { zhTw } from "./zh-tw.ts";

/** All that the page says. A text that one language lacks does not compile. */
export type Text = typeof en;

const CATALOGUES = { en, "zh-TW": zhTw } satisfies Record<string, Text>;
export type Language = keyof typeof CATALOGUES;
export const LANGUAGES: readonly Language[] = ["en", "zh-TW"];

/** The user's choice, else the first of the browser's languages that the page speaks, else English. */
export const language: Signal<Language> = signal(
  preferredLanguage([stored("language") ?? "", ...(globalThis.navigator?.languages ?? [])]),
);

/** The texts in the user's language: `const { frame } = text.value`. */
export const text: ReadonlySignal<Text> = computed(() => CATALOGUES[language.value]);

/** Keeps the document's language as the user has chosen, from now on. */
export function followLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value === "zh-TW" ? "zh-Hant-TW" : language.value;
    store("language", language.value);
  });
}

/** Chinese of any kind is nearer to Traditional Chinese than to English. */
export function preferredLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return "zh-TW";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}
