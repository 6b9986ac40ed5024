import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Provider } from "../provider.ts";

/** Models that reason refuse `max_tokens`. */
const REASONS = /^(o\d|gpt-([5-9]|\d\d))/;

/** https://platform.openai.com/docs/api-reference */
export const openai: Provider = openaiCompatible({
  name: "openai",
  title: "OpenAI",
  bareNames: /^(gpt-|o\d|chatgpt-|text-embedding-)/,
  env: { key: ["OPENAI_API_KEY"], baseUrl: ["OPENAI_BASE_URL"] },
  baseUrl: "https://api.openai.com/v1",
  edit: (body, model) =>
    typeof body.max_tokens === "number" && REASONS.test(model)
      ? { max_tokens: undefined, max_completion_tokens: body.max_completion_tokens ?? body.max_tokens }
      : {},
});
