import type { ContentPart, Message, ToolCall } from "../../../api/chat.ts";
import type { Receipt } from "../../../api/receipt.ts";
import { say } from "../../../messages/say.ts";
import type { RequestContext } from "../../http-provider.ts";
import { textContent } from "../../text-content.ts";
import { MAX_RESPONSES_ID, shortId } from "../tool-ids.ts";
import { keptItems } from "./state.ts";
import type { InputItem, InputPart } from "./wire.ts";

type InputContext = Pick<RequestContext, "receipt" | "toolState">;

/** The messages as input items. What the model thought before a tool call stands before it again. */
export function input(messages: readonly Message[], context: InputContext): InputItem[] {
  const customCalls = new Set(
    messages.flatMap(({ tool_calls = [] }) => tool_calls.filter((call) => !call.function).map(({ id }) => id)),
  );
  return messages.flatMap((message, index) => {
    const path = `messages[${index}]`;
    switch (message.role) {
      case "system":
      case "developer":
        return [{ type: "message", role: "developer", content: parts(message, path, context.receipt) }];
      case "user":
        return [{ type: "message", role: "user", content: parts(message, path, context.receipt) }];
      case "assistant":
        return assistantItems(message, path, context);
      case "tool":
        return [toolOutput(message, path, customCalls, context.receipt)];
      default:
        context.receipt.refuse(`${path}.role`, say.oldRole);
        return [];
    }
  });
}

function assistantItems(message: Message, path: string, { receipt, toolState }: InputContext): InputItem[] {
  const kept = (message.tool_calls ?? []).map((call) => ({ call, before: keptItems(toolState.get(call.id)) }));
  // The text is among what was kept, at its own place, or stands before the calls but after the first thoughts.
  const hasText = kept.some(({ before }) => before.some(({ type }) => type === "message"));
  const text = hasText ? "" : textContent(message, path, receipt);
  const textItem: InputItem[] = text === "" ? [] : [{ type: "message", role: "assistant", content: text }];
  if (kept.length === 0) return textItem;
  return kept.flatMap(({ call, before }, index) => [...before, ...(index === 0 ? textItem : []), callItem(call)]);
}

function callItem({ id, function: called, ...rest }: ToolCall): InputItem {
  const call_id = shortId(id, MAX_RESPONSES_ID);
  if (called) return { type: "function_call", call_id, name: called.name, arguments: called.arguments };
  const { name = "", input = "" } = Object(rest["custom"]) as { name?: string; input?: string };
  return { type: "custom_tool_call", call_id, name, input };
}

function toolOutput(message: Message, path: string, customCalls: ReadonlySet<string>, receipt: Receipt): InputItem {
  const id = message.tool_call_id ?? "";
  const isText = typeof message.content === "string" || message.content?.every(({ type }) => type === "text");
  return {
    type: customCalls.has(id) ? "custom_tool_call_output" : "function_call_output",
    call_id: shortId(id, MAX_RESPONSES_ID),
    output: isText ? textContent(message, path, receipt) : parts(message, path, receipt),
  };
}

function parts({ content }: Message, path: string, receipt: Receipt): InputPart[] {
  if (content == null || typeof content === "string") return [{ type: "input_text", text: content ?? "" }];
  return content.flatMap((part, index) => inputPart(part, `${path}.content[${index}]`, receipt) ?? []);
}

function inputPart(part: ContentPart, path: string, receipt: Receipt): InputPart | undefined {
  if (part.type === "text") return { type: "input_text", text: part.text ?? "" };
  if (part.type === "image_url") {
    const { url, detail = "auto" } = part["image_url"] as { url: string; detail?: "low" | "high" | "auto" };
    return { type: "input_image", image_url: url, detail };
  }
  if (part.type === "file") {
    const { file_id, file_data, filename } = Object(part["file"]) as Record<string, string | undefined>;
    return {
      type: "input_file",
      ...(file_id != null && { file_id }),
      ...(file_data != null && { file_data }),
      ...(filename != null && { filename }),
    };
  }
  receipt.refuse(path, {
    en: `has the type '${part.type}', which this model does not take together with tools.`,
    "zh-TW": `型別是「${part.type}」，這個模型在使用工具時不接受。`,
  });
  return undefined;
}
