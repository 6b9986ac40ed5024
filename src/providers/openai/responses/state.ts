import type { MessageItem, OutputItem, ReasoningItem } from "./wire.ts";

/** What stood before a tool call in the answer, since the call before it: it has to stand there again. */
export interface KeptItems {
  readonly before: readonly (ReasoningItem | MessageItem)[];
}

/**
 * Keeps the thoughts behind each tool call, by its id. They are worth nothing without their encrypted content: nobody
 * else has kept them.
 */
export function keepItems(output: readonly OutputItem[], keep: (toolCallId: string, state: KeptItems) => void): void {
  let before: (ReasoningItem | MessageItem)[] = [];
  for (const item of output) {
    if (item.type === "reasoning") {
      if (item.encrypted_content) before.push(reasoningItem(item));
    } else if (item.type === "message") before.push(item);
    else if (item.type === "function_call" || item.type === "custom_tool_call") {
      if (before.some(({ type }) => type === "reasoning")) keep(item.call_id, { before });
      before = [];
    }
  }
}

function reasoningItem({ id, summary, encrypted_content }: ReasoningItem): ReasoningItem {
  return { type: "reasoning", id, summary, encrypted_content: encrypted_content ?? null };
}

/** What was kept of a call; another provider's state counts for nothing here. */
export function keptItems(state: unknown): KeptItems["before"] {
  const { before } = Object(state) as Partial<KeptItems>;
  return Array.isArray(before) ? before : [];
}
