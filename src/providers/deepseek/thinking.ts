import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";

/**
 * Whether the model thinks before it answers. All do unless they are told not to, but for `deepseek-chat`, the old name
 * of the mode that does not. Source: https://api-docs.deepseek.com/guides/thinking_mode
 */
export function isThinking({ thinking, reasoning_effort }: ChatCompletionRequest, model: string): boolean {
  const { type } = Object(thinking) as { type?: unknown };
  if (type !== undefined) return type !== "disabled";
  return reasoning_effort !== "none" && model !== "deepseek-chat";
}

/** What DeepSeek knows, and what it takes OpenAI's other efforts for. */
const EFFORTS: Readonly<Record<string, string>> = {
  minimal: "low",
  low: "low",
  medium: "high",
  high: "high",
  xhigh: "high",
  max: "max",
  ultra: "max",
};

export function thinkingFields(
  { thinking, reasoning_effort }: ChatCompletionRequest,
  receipt: Receipt,
): Readonly<Record<string, unknown>> {
  if (reasoning_effort == null) return {};
  if (reasoning_effort === "none") {
    receipt.note("renamed", "reasoning_effort");
    return { reasoning_effort: undefined, thinking: thinking ?? { type: "disabled" } };
  }
  const effort = EFFORTS[reasoning_effort] ?? reasoning_effort;
  if (effort !== reasoning_effort) receipt.note("clamped", "reasoning_effort");
  return { reasoning_effort: effort };
}
