import type { ContentPart, Message as ChatMessage, Role, ToolCall as ChatToolCall } from "../../api/chat.ts";
import type { RequestContext } from "../http-provider.ts";
import { imageData, imageUrl } from "./images.ts";
import type { ModelFacts } from "./model.ts";
import { thoughtBefore } from "./thinking.ts";
import type { Message, ToolCall } from "./wire.ts";

type Context = RequestContext<ModelFacts>;

const ROLES: Readonly<Record<Role, Message["role"]>> = {
  developer: "system",
  system: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

export function conversation(messages: readonly ChatMessage[], context: Context): readonly Message[] {
  const names = new Map(
    messages.flatMap(({ tool_calls }) => (tool_calls ?? []).map((call) => [call.id, nameOf(call)])),
  );
  // Who of several users speaks has no place.
  if (messages.some(({ role, name }) => name && ROLES[role] !== "tool"))
    context.receipt.note("dropped", "messages.name");
  return messages.map((message, index) => {
    const { text, images } = contentOf(message, `messages[${index}]`, context);
    return {
      role: ROLES[message.role],
      content: text,
      ...(images.length > 0 && { images }),
      ...(message.role === "assistant" && assistantFields(message, context)),
      ...(ROLES[message.role] === "tool" && resultFields(message, names)),
    };
  });
}

function assistantFields(message: ChatMessage, context: Context): Partial<Message> {
  const calls = (message.tool_calls ?? []).map(toolCall);
  return { ...thoughtBefore(message, context), ...(calls.length > 0 && { tool_calls: calls }) };
}

/** Newer servers know the call by its id, older ones by the tool's name. */
function resultFields({ tool_call_id, name }: ChatMessage, names: ReadonlyMap<string, string>): Partial<Message> {
  const tool_name = names.get(tool_call_id ?? "") ?? name;
  return { ...(tool_name && { tool_name }), ...(tool_call_id && { tool_call_id }) };
}

function toolCall(call: ChatToolCall): ToolCall {
  const { custom } = call as { custom?: { readonly input?: unknown } };
  const args = call.function ? argumentsObject(call.function.arguments) : { input: custom?.input ?? "" };
  return { id: call.id, function: { name: nameOf(call), arguments: args } };
}

function nameOf(call: ChatToolCall): string {
  const { custom } = call as { custom?: { readonly name?: string } };
  return call.function?.name ?? custom?.name ?? "";
}

/** Ollama takes an object. What a model has written that is none goes in as text: a broken call must not end the talk. */
function argumentsObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // As below.
  }
  return { arguments: text };
}

interface Content {
  readonly text: string;
  readonly images: readonly string[];
}

function contentOf({ content }: ChatMessage, path: string, context: Context): Content {
  if (content == null || typeof content === "string") return { text: content ?? "", images: [] };
  const texts: string[] = [];
  const images: string[] = [];
  content.forEach((part, index) => {
    const text = textOf(part);
    if (text !== undefined) texts.push(text);
    else images.push(...mediaOf(part, `${path}.content[${index}]`, context));
  });
  return { text: texts.join("\n"), images };
}

function textOf(part: ContentPart): string | undefined {
  if (part.type === "text") return part.text ?? "";
  const { refusal } = part;
  return part.type === "refusal" && typeof refusal === "string" ? refusal : undefined;
}

/** Sound, for models that hear, goes where the images go. */
function mediaOf(part: ContentPart, path: string, { described, images, model, receipt }: Context): readonly string[] {
  const { detail } = (part["image_url"] ?? {}) as { readonly detail?: unknown };
  if (detail != null && detail !== "auto") receipt.note("dropped", "image_url.detail");
  const url = imageUrl(part);
  if (url !== undefined) {
    if (described?.can("vision") !== false) return [imageData(url, images)];
    receipt.refuse(path, {
      en: `is an image, which '${model}' cannot see: choose a model with vision.`,
      "zh-TW": `這是圖片，而「${model}」看不見圖片：請選擇支援視覺的模型。`,
    });
    return [];
  }
  const { data } = (part["input_audio"] ?? {}) as { readonly data?: unknown };
  if (part.type === "input_audio" && typeof data === "string" && described?.can("audio") === true) return [data];
  const what =
    part.type === "input_audio"
      ? { en: "is sound", "zh-TW": "這是聲音" }
      : { en: `is of type '${part.type}'`, "zh-TW": `型別是「${part.type}」` };
  receipt.refuse(path, {
    en: `${what.en}, which '${model}' on Ollama does not take: send text or images.`,
    "zh-TW": `${what["zh-TW"]}，Ollama 上的「${model}」不接受：請傳送文字或圖片。`,
  });
  return [];
}
