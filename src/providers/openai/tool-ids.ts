import { createHash } from "node:crypto";

/** The longest ids of tool calls that OpenAI takes, in characters. Histories may bear other providers' longer ones. */
export const MAX_CHAT_ID = 40;
export const MAX_RESPONSES_ID = 64;

/** The same id where it is short enough; else one that is always the same for it. */
export function shortId(id: string, maxLength: number): string {
  if (id.length <= maxLength) return id;
  return `call_${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
}
