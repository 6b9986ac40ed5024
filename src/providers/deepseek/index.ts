import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Provider } from "../provider.ts";
import { answered } from "./answered.ts";
import { edit } from "./request.ts";

/** https://api-docs.deepseek.com */
export const deepseek: Provider = openaiCompatible({
  name: "deepseek",
  title: "DeepSeek",
  bareNames: /^deepseek-/,
  env: {
    key: ["DEEPSEEK_API_KEY"],
    baseUrl: ["DEEPSEEK_API_URL"],
    options: { nonStreamUrl: ["DEEPSEEK_API_ENDPOINT_NONSTREAM"] },
  },
  baseUrl: "https://api.deepseek.com",
  // Streams go to the base URL; for whole answers the address may be given in full.
  chatUrl: ({ baseUrl, options }, _, stream) =>
    (stream ? undefined : options["nonStreamUrl"]) ?? `${baseUrl}/chat/completions`,
  edit,
  answered,
  hasOneAnswer: true,
  hasOnlyParallelCalls: true,
  hasEmbeddings: false,
});
