import { type Signal, signal } from "@preact/signals";
import type { CodeLanguage } from "./code.ts";

/** The language of all examples: who wants Python wants it everywhere. */
export const codeLanguage: Signal<CodeLanguage> = signal("curl");
