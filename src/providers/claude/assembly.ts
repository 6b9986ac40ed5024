import type { BlockDelta, ContentBlock, Message, StreamEvent, Usage } from "./wire.ts";

/** Puts a message together from the events of its stream. */
export interface Assembly {
  add(event: StreamEvent): void;
  /** A block as far as it has come; a call's input is its JSON text until `message` reads it. */
  block(index: number): ContentBlock | undefined;
  /** Undefined before the first event of a message. */
  message(): Message | undefined;
}

/** A second `message_start` begins the message anew. */
export function createAssembly(): Assembly {
  let start: Message | undefined;
  let end: Pick<Message, "stop_reason" | "stop_details"> = { stop_reason: null };
  let usage: Usage = {};
  let blocks = new Map<number, ContentBlock>();

  return {
    block: (index) => blocks.get(index),

    add(event) {
      switch (event.type) {
        case "message_start":
          start = event.message;
          usage = event.message.usage ?? {};
          end = { stop_reason: null };
          blocks = new Map();
          break;
        case "content_block_start":
          blocks.set(event.index, opened(event.content_block));
          break;
        case "content_block_delta": {
          const block = blocks.get(event.index);
          if (block) blocks.set(event.index, grown(block, event.delta));
          break;
        }
        case "message_delta":
          end = { ...end, ...event.delta };
          usage = updated(usage, event.usage);
          break;
        default: // an end of something that is known by now, or an event that is newer than this
      }
    },

    message() {
      if (!start) return undefined;
      return { ...start, ...end, usage, content: [...blocks.values()].map(closed) };
    },
  };
}

/** The start of a call's block bears an empty input, but some servers have it whole there. */
function opened(block: ContentBlock): ContentBlock {
  if (!("input" in block)) return block;
  const isEmpty = block.input == null || Object.keys(block.input).length === 0;
  return { ...block, input: isEmpty ? "" : JSON.stringify(block.input) };
}

function grown(block: ContentBlock, delta: BlockDelta): ContentBlock {
  if (delta.type === "text_delta" && block.type === "text") return { ...block, text: block.text + delta.text };
  if (delta.type === "input_json_delta" && "input" in block) {
    return { ...block, input: String(block.input) + delta.partial_json };
  }
  if (block.type !== "thinking") return block;
  if (delta.type === "thinking_delta") return { ...block, thinking: block.thinking + delta.thinking };
  if (delta.type === "signature_delta") return { ...block, signature: (block.signature ?? "") + delta.signature };
  return block;
}

/** An input that was cut before it was whole stays the text that it is. */
function closed(block: ContentBlock): ContentBlock {
  if (!("input" in block) || typeof block.input !== "string") return block;
  try {
    return { ...block, input: JSON.parse(block.input || "{}") as unknown };
  } catch {
    return block;
  }
}

/** The later counts hold; what a later event leaves out or sets to null keeps its earlier value. */
function updated(usage: Usage, later: Usage | undefined): Usage {
  const given = Object.entries(later ?? {}).filter(([, value]) => value != null);
  return { ...usage, ...Object.fromEntries(given) };
}
