import { effect, type Signal, signal } from "@preact/signals";
import { store, stored } from "../stored.ts";

/** `auto`: as the system has it. */
export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const theme: Signal<Theme> = signal(THEMES.find((known) => known === stored("theme")) ?? "auto");

/** Keeps the document's theme as the user has chosen, from now on. */
export function followTheme(): void {
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value;
    store("theme", theme.value);
  });
}
