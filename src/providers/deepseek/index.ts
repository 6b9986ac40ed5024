import type { ChatCompletionRequest } from "../../api/chat.ts";
import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Call, Provider } from "../provider.ts";
import { answered } from "./answered.ts";
import { betaUrl, isBegun } from "./prefix.ts";
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
  chatUrl,
  prefill: (_, baseUrl) => (betaUrl(baseUrl) === undefined ? undefined : "continue"),
  edit,
  answered,
  hasOneAnswer: true,
  hasOnlyParallelCalls: true,
  hasEmbeddings: false,
});

/** Streams go to the base URL; for whole answers the address may be given in full. */
function chatUrl({ connection, body }: Call<ChatCompletionRequest>, stream: boolean): string {
  const { baseUrl, options } = connection;
  const beta = isBegun(body.value) ? betaUrl(baseUrl) : undefined;
  if (beta !== undefined) return `${beta}/chat/completions`;
  return (stream ? undefined : options["nonStreamUrl"]) ?? `${baseUrl}/chat/completions`;
}
