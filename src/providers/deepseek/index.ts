import type { ChatCompletionRequest } from "../../api/chat.ts";
import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Provider } from "../provider.ts";

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
  edit: (body) => ({ ...systemRole(body), ...maxTokens(body) }),
});

/** DeepSeek knows no `developer` role. */
function systemRole({ messages }: ChatCompletionRequest): Partial<ChatCompletionRequest> {
  if (!messages.some((message) => message.role === "developer")) return {};
  return { messages: messages.map((m) => (m.role === "developer" ? { ...m, role: "system" } : m)) };
}

/** DeepSeek knows `max_tokens` only; it counts the reasoning too, as `max_completion_tokens` does. */
function maxTokens({ max_completion_tokens }: ChatCompletionRequest): Readonly<Record<string, unknown>> {
  if (max_completion_tokens == null) return {};
  return { max_tokens: max_completion_tokens, max_completion_tokens: undefined };
}
