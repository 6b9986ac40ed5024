import { claude, olderClaude } from "./claude.ts";
import { deepseek } from "./deepseek.ts";
import { gemini } from "./gemini.ts";
import { minmax } from "./minmax.ts";
import { ollama } from "./ollama.ts";
import { newerOpenai } from "./openai-responses.ts";
import { openai } from "./openai.ts";
import type { Vendor } from "./vendor.ts";

/** One of each provider. */
export const vendors: readonly Vendor[] = [openai, claude, gemini, deepseek, minmax, ollama];

/** And models of theirs that are spoken to in another way. */
export const allVendors: readonly Vendor[] = [...vendors, newerOpenai, olderClaude];
