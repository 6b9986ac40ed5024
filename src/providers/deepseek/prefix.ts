import type { ChatCompletionRequest, Message } from "../../api/chat.ts";

/**
 * Where a model goes on with the beginning of its answer; undefined where that is not known to be possible.
 * Source: https://api-docs.deepseek.com/guides/chat_prefix_completion
 */
export function betaUrl(baseUrl: string): string | undefined {
  if (baseUrl.endsWith("/beta")) return baseUrl;
  return /^https:\/\/api\.deepseek\.com(\/v1)?$/.test(baseUrl) ? "https://api.deepseek.com/beta" : undefined;
}

/** Whether the conversation ends in the beginning of the answer. */
export function isBegun({ messages }: ChatCompletionRequest): boolean {
  const last = messages.at(-1);
  return last?.role === "assistant" && Boolean(last.content) && !last.tool_calls?.length;
}

/** Says of the last message that it is a beginning. */
export function withPrefix(messages: readonly Message[]): readonly Message[] {
  return messages.map((message, index) => (index === messages.length - 1 ? { ...message, prefix: true } : message));
}
