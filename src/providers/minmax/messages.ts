import type { ContentPart, Message, ToolCall } from "../../api/chat.ts";
import { say } from "../../messages/say.ts";
import type { RequestContext } from "../http-provider.ts";
import { textContent } from "../text-content.ts";
import type { Capabilities } from "./capabilities.ts";
import type { ChatMessage, ChatToolCall, ReasoningDetail, UserPart } from "./wire.ts";

export interface MessagesContext extends Pick<RequestContext, "receipt" | "toolState"> {
  readonly can: Capabilities;
  /** What the model is told besides. */
  readonly instruction: string | undefined;
}

/** What is kept of a tool call until its result comes. */
export interface KeptThought {
  readonly minimaxThought: string;
}

/**
 * The messages in MiniMax's form. All instructions stand in one message at the beginning: some models refuse any other
 * with «invalid message role: system».
 */
export function messages(all: readonly Message[], context: MessagesContext): readonly ChatMessage[] {
  const { receipt, instruction } = context;
  const isSystem = ({ role }: Message): boolean => role === "system" || role === "developer";
  const instructions = all.flatMap((message, index) =>
    isSystem(message) ? [textContent(message, `messages[${index}]`, receipt)] : [],
  );
  if (instructions.length > 1) receipt.note("renamed", "messages");
  else if (all.some(({ role }) => role === "developer")) receipt.note("renamed", "messages.role");
  const system = [...instructions, instruction ?? ""].filter((text) => text !== "").join("\n\n");
  const turns = all.flatMap((message, index) => turn(message, `messages[${index}]`, context));
  return system === "" ? turns : [{ role: "system", content: system }, ...turns];
}

function turn(message: Message, path: string, context: MessagesContext): readonly ChatMessage[] {
  const { receipt } = context;
  const name = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case "user":
      return [{ role: "user", content: userContent(message, path, context), ...name }];
    case "assistant":
      return [{ ...assistant(message, path, context), ...name }];
    case "tool": {
      const content = textContent(message, path, receipt);
      return [{ role: "tool", tool_call_id: message.tool_call_id ?? "", content }];
    }
    case "function":
      receipt.refuse(`${path}.role`, say.oldRole);
      return [];
    default:
      return []; // an instruction
  }
}

function userContent(message: Message, path: string, { can, receipt }: MessagesContext): string | readonly UserPart[] {
  const { content } = message;
  if (!Array.isArray(content) || !can.hasImages) return textContent(message, path, receipt);
  const parts = (content as readonly ContentPart[]).flatMap((part, index) => {
    const at = `${path}.content[${index}]`;
    if (part.type === "text") return [{ type: "text", text: part.text ?? "" } as const];
    if (part.type === "image_url" || part.type === "video_url") return [part as unknown as UserPart];
    receipt.refuse(at, {
      en: `has the type '${part.type}'. MiniMax takes 'text', 'image_url' and 'video_url' there.`,
      "zh-TW": `型別是「${part.type}」，MiniMax 在這裡接受「text」、「image_url」與「video_url」。`,
    });
    return [];
  });
  return parts.length > 0 ? parts : "";
}

function assistant(message: Message, path: string, context: MessagesContext): ChatMessage & { role: "assistant" } {
  const calls = (message.tool_calls ?? []).flatMap((call, index) =>
    toolCall(call, `${path}.tool_calls[${index}]`, context),
  );
  const details = reasoningDetails(message, context);
  return {
    role: "assistant",
    content: textContent(message, path, context.receipt),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function toolCall(call: ToolCall, path: string, { receipt }: MessagesContext): readonly ChatToolCall[] {
  if (!call.function) {
    receipt.refuse(path, {
      en: `has the type '${call.type}'. MiniMax knows 'function' only.`,
      "zh-TW": `型別是「${call.type}」，MiniMax 只支援「function」。`,
    });
    return [];
  }
  const { name, arguments: text } = call.function;
  return [{ id: call.id, type: "function", function: { name, arguments: isJsonObject(text) ? text : "{}" } }];
}

/** MiniMax refuses arguments that are none, such as those of a call that was cut off. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // what the test is for
  }
}

/** What the model thought: as the client sent it, or as it was kept. Without it, the model only thinks less well. */
function reasoningDetails(message: Message, { toolState }: MessagesContext): readonly ReasoningDetail[] {
  const { reasoning_details, reasoning_content } = message;
  if (Array.isArray(reasoning_details)) return reasoning_details as readonly ReasoningDetail[];
  const kept = (message.tool_calls ?? []).map(({ id }) => Object(toolState.get(id)) as Partial<KeptThought>);
  const thought = reasoning_content || kept.find(({ minimaxThought }) => minimaxThought)?.minimaxThought;
  if (typeof thought !== "string") return [];
  return [{ type: "reasoning.text", id: "reasoning-text-1", format: "MiniMax-response-v1", index: 0, text: thought }];
}
