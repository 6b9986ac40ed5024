import { claude } from "./claude/index.ts";
import { deepseek } from "./deepseek/index.ts";
import { gemini } from "./gemini/index.ts";
import { huggingface } from "./huggingface/index.ts";
import { minmax } from "./minmax/index.ts";
import { ollama } from "./ollama/index.ts";
import { services } from "./openai-compatible/services.ts";
import { openai } from "./openai/index.ts";
import type { Provider } from "./provider.ts";

/** Every provider that is known by name: one line each. Further ones are named in the configuration. */
export const providers: readonly Provider[] = [
  openai,
  claude,
  gemini,
  deepseek,
  minmax,
  ollama,
  huggingface,
  ...services,
];
