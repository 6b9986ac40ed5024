import type { Message, ToolCall } from "../../api/chat.ts";
import { say } from "../../messages/say.ts";
import type { EditContext } from "../openai-compatible/index.ts";
import { textContent } from "../text-content.ts";

export interface MessagesContext extends Pick<EditContext, "receipt" | "toolState"> {
  /** Whether the model thinks, and so wants its thoughts back. */
  readonly thinks: boolean;
  /** What the model is told besides. */
  readonly instruction: string | undefined;
}

/** What is kept of a tool call until its result comes. */
export interface KeptThought {
  readonly reasoning_content: string;
}

/** OpenAI's and other services' fields of messages that DeepSeek does not know. */
const FOREIGN = new Set(
  "refusal audio function_call annotations reasoning reasoning_content reasoning_details thinking_blocks".split(" "),
);

/**
 * The messages in DeepSeek's form: contents are texts, and there is no `developer`.
 *
 * A model that thinks wants its `reasoning_content` back in each of its messages since it first used a tool, or answers
 * 400; elsewhere it is of no use, and older models refuse it.
 * Source: https://api-docs.deepseek.com/guides/thinking_mode#tool-calls
 */
export function messages(all: readonly Message[], context: MessagesContext): readonly Message[] {
  const firstUse = all.findIndex((message) => (message.tool_calls ?? []).length > 0);
  const translated = all.flatMap((message, index) => {
    const path = `messages[${index}]`;
    if (message.role === "function") {
      context.receipt.refuse(`${path}.role`, say.oldRole);
      return [];
    }
    const wantsThought = context.thinks && firstUse >= 0 && index >= firstUse;
    return [translate(message, path, wantsThought, context)];
  });
  return withInstruction(translated, context.instruction);
}

function translate(message: Message, path: string, wantsThought: boolean, context: MessagesContext): Message {
  const { receipt } = context;
  if (message.role === "developer") receipt.note("renamed", "messages.role");
  const given = Object.entries(message).filter(([, value]) => value != null);
  const kept = given.filter(([field]) => !FOREIGN.has(field));
  for (const [field] of given) if (FOREIGN.has(field) && !USED.has(field)) receipt.note("dropped", `messages.${field}`);
  const { tool_calls, ...rest } = Object.fromEntries(kept) as unknown as Message;
  const calls = (tool_calls ?? []).filter((call, index) =>
    isFunctionCall(call, `${path}.tool_calls[${index}]`, context),
  );
  return {
    ...rest,
    role: message.role === "developer" ? "system" : message.role,
    content: textContent(message, path, receipt),
    ...(calls.length > 0 && { tool_calls: calls.map((call) => ({ ...call, type: "function" })) }),
    ...(message.role === "assistant" && wantsThought && { reasoning_content: thought(message, context) }),
  };
}

/** Fields that are not lost: thoughts go back where they are wanted, and a refusal is said in the content. */
const USED = new Set(["reasoning_content", "reasoning", "refusal"]);

function isFunctionCall({ type, function: called }: ToolCall, path: string, { receipt }: MessagesContext): boolean {
  if (called) return true;
  receipt.refuse(path, {
    en: `has the type '${type}'. DeepSeek knows 'function' only.`,
    "zh-TW": `型別是「${type}」，DeepSeek 只支援「function」。`,
  });
  return false;
}

/** What the model thought: as the client sent it, as it was kept, or "", which is taken for a thought as well. */
function thought(message: Message, { toolState }: MessagesContext): string {
  const echoed = message["reasoning_content"] ?? message["reasoning"];
  if (typeof echoed === "string" && echoed !== "") return echoed;
  const kept = (message.tool_calls ?? []).map(({ id }) => Object(toolState.get(id)) as Partial<KeptThought>);
  return kept.find(({ reasoning_content }) => typeof reasoning_content === "string")?.reasoning_content ?? "";
}

/** At the end of the first system message, or in one of its own. */
function withInstruction(all: readonly Message[], instruction: string | undefined): readonly Message[] {
  if (instruction === undefined) return all;
  const [first, ...rest] = all;
  if (first?.role !== "system" || typeof first.content !== "string") {
    return [{ role: "system", content: instruction }, ...all];
  }
  return [{ ...first, content: `${first.content}\n\n${instruction}` }, ...rest];
}
