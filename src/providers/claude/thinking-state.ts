import type { Message as ChatMessage } from "../../api/chat.ts";
import type { ContentBlock, RedactedThinkingBlock, ThinkingBlock } from "./wire.ts";

/*
 * Claude's thoughts bear signatures, and a tool's result must come back together with the thoughts that led to its call,
 * unchanged and in their place. OpenAI's format has no room for them: clients get them as `thinking_blocks`, and the
 * whole content of an answer is kept by its first tool call's id for clients that drop the field.
 */

export type Thought = ThinkingBlock | RedactedThinkingBlock;

/** What an assistant's message says beyond its text and calls. */
export function thoughts(content: readonly ContentBlock[]): readonly Thought[] {
  return content.filter(isThought);
}

/** Whether an answer holds what OpenAI's fields cannot carry back: thoughts, or steps of tools that Anthropic runs. */
export function isWorthKeeping(content: readonly ContentBlock[]): boolean {
  return content.some(({ type }) => type !== "text" && type !== "tool_use");
}

/** The content that was kept of this message's answer, where there is any. */
export function keptContent(
  message: ChatMessage,
  toolState: ReadonlyMap<string, unknown>,
): readonly ContentBlock[] | undefined {
  const states = (message.tool_calls ?? []).map(({ id }) => toolState.get(id));
  return states.find(isContent);
}

/** The thoughts that a client sent back, under any of the names that clients know them by. */
export function echoedThoughts(message: ChatMessage): readonly Thought[] {
  const { thinking_blocks, reasoning_details } = message;
  if (Array.isArray(thinking_blocks)) return thinking_blocks.filter(isThought).map(plain);
  if (!Array.isArray(reasoning_details)) return [];
  return (reasoning_details as readonly Readonly<Record<string, unknown>>[]).map(fromDetail).filter(isThought);
}

/** OpenRouter's form. Source: https://openrouter.ai/docs/use-cases/reasoning-tokens */
function fromDetail(detail: Readonly<Record<string, unknown>> | null): unknown {
  if (detail?.["type"] === "reasoning.encrypted") return { type: "redacted_thinking", data: detail["data"] };
  return { type: "thinking", thinking: detail?.["text"] ?? "", signature: detail?.["signature"] };
}

function plain(thought: Thought): Thought {
  if (thought.type === "redacted_thinking") return { type: thought.type, data: thought.data };
  return { type: thought.type, thinking: thought.thinking, signature: thought.signature };
}

/** A thought without its signature is refused, so it counts as none. */
function isThought(block: unknown): block is Thought {
  const { type, thinking, signature, data } = Object(block) as Partial<Record<string, unknown>>;
  if (type === "redacted_thinking") return typeof data === "string" && data !== "";
  return type === "thinking" && typeof thinking === "string" && typeof signature === "string" && signature !== "";
}

function isContent(state: unknown): state is readonly ContentBlock[] {
  return Array.isArray(state) && state.every((block) => typeof (Object(block) as { type?: unknown }).type === "string");
}
