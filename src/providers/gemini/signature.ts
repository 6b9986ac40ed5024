import type { Message, ToolCall } from "../../api/chat.ts";

/*
 * Thought signatures: what the model wants back of its thinking with a function's answer. To clients they go where
 * Google's own OpenAI-compatible layer has them, `extra_content.google.thought_signature`; for those that drop it they
 * are kept by the tool call's id.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */

/** Stands for a signature that nobody knows any more: "skip_thought_signature_validator", Google's own escape value. */
export const UNKNOWN_SIGNATURE: string = Buffer.from("skip_thought_signature_validator").toString("base64");

/** What is kept of a tool call. */
interface KeptState {
  readonly google: { readonly thought_signature: string };
}

/** The extension fields that bear a signature; none where there is none. */
export function signatureFields(signature: string | undefined): { readonly extra_content?: KeptState } {
  return signature ? { extra_content: signatureState(signature) } : {};
}

export function signatureState(signature: string): KeptState {
  return { google: { thought_signature: signature } };
}

/** The signature that a client sent back with a message or a tool call. */
export function echoedSignature(value: Message | ToolCall): string | undefined {
  return signatureIn(value["extra_content"]);
}

/** @param state what was kept of a tool call, by this provider or by another. */
export function signatureIn(state: unknown): string | undefined {
  const { google } = Object(state) as { google?: { thought_signature?: unknown } | null };
  const signature = google?.thought_signature;
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}
