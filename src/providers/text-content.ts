import type { Message } from "../api/chat.ts";
import type { Receipt } from "../api/receipt.ts";

/**
 * A message's content as one text, for vendors that take no list of parts there.
 *
 * @param path the message's place in the request: `messages[2]`.
 * @throws ApiError 400 for a part that is no text.
 */
export function textContent({ content, refusal }: Message, path: string, receipt: Receipt): string {
  if (typeof content === "string") return content;
  if (content == null) return typeof refusal === "string" ? refusal : "";
  return content
    .map((part, index) => {
      if (part.type === "text") return part.text ?? "";
      if (part.type === "refusal" && typeof part["refusal"] === "string") return part["refusal"];
      receipt.refuse(`${path}.content[${index}]`, {
        en: `has the type '${part.type}'. This model takes text there.`,
        "zh-TW": `型別是「${part.type}」，這個模型在這裡只接受文字。`,
      });
      return "";
    })
    .join("");
}
