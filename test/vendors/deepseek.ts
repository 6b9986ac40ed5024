import { chatCompletions } from "./chat-completions.ts";
import type { Vendor } from "./vendor.ts";

/** A model that refuses a tool call without the thought before it. Source: https://api-docs.deepseek.com */
export const deepseek: Vendor = {
  model: "deepseek/deepseek-v4-pro",
  showsThoughts: true,
  hasImages: false,
  hasJsonSchema: false,
  refused: { logprobs: true },
  thoughtInRequest: (thought) => JSON.stringify({ reasoning_content: thought }).slice(1, -1),
  environment: (origin) => ({ DEEPSEEK_API_KEY: "sk-fake", DEEPSEEK_API_URL: origin }),
  ...chatCompletions({
    thoughts: {
      write: (thought) => ({ reasoning_content: thought }),
      read: ({ reasoning_content }) => reasoning_content,
    },
  }),
};
