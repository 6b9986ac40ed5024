/*
 * OpenAI's Harmony, which gpt-oss speaks: an answer is one or several messages, each with a header that tells its channel
 * and, of a call, the function that it goes to.
 *
 *   <|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>
 *   <|channel|>commentary to=functions.time <|constrain|>json<|message|>{…}<|call|>
 *
 * Source: https://github.com/openai/harmony/blob/main/docs/format.md
 */

export const HARMONY = {
  start: "<|start|>",
  channel: "<|channel|>",
  constrain: "<|constrain|>",
  message: "<|message|>",
  /** Of a message after which the model goes on; the last one ends in one of the tokens below. */
  end: "<|end|>",
} as const;

/** Tokens after which the model has no more to say. */
export const HARMONY_ENDS = ["<|return|>", "<|call|>"] as const;

/** What a message of an answer is: thoughts, words for the user, or the call of a function. */
export type HarmonyMessage = { readonly kind: "thought" | "text" } | { readonly kind: "call"; readonly name: string };

/** Whether a chat template writes Harmony. */
export function speaksHarmony(template: string): boolean {
  return [HARMONY.start, HARMONY.channel, HARMONY.message].every((mark) => template.includes(mark));
}

/** @param header what stands before `<|message|>`; the function may be named before or after the channel. */
export function messageOf(header: string): HarmonyMessage {
  const [, recipient] = /\bto=([^\s<]+)/.exec(header) ?? [];
  if (recipient !== undefined) return { kind: "call", name: recipient.replace(/^functions\./, "") };
  return { kind: /<\|channel\|>\s*analysis/.test(header) ? "thought" : "text" };
}
