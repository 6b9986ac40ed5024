import { chatCompletions } from "./chat-completions.ts";
import type { Vendor } from "./vendor.ts";

/** A model that does not think, on chat completions. */
export const openai: Vendor = {
  model: "openai/gpt-4o",
  showsThoughts: false,
  hasImages: true,
  hasJsonSchema: true,
  environment: (origin) => ({ OPENAI_API_KEY: "sk-fake", OPENAI_BASE_URL: `${origin}/v1` }),
  ...chatCompletions(),
};
