import type { Delta, FinishReason, ToolCallDelta } from "../../api/chat.ts";
import type { Receipt } from "../../api/receipt.ts";
import type { ChosenToken, GenerateEvent, TokenLogprob } from "../../engine/model.ts";
import { newToolCallId } from "../openai-compatible/completion.ts";

export type EndEvent = Extract<GenerateEvent, { type: "end" }>;

/** A piece of an answer on OpenAI's wire, or its end. */
export type Piece =
  | { readonly delta: Delta; readonly logprobs: Logprobs | null }
  | { readonly finish_reason: FinishReason; readonly end: EndEvent };

export interface Logprobs {
  readonly content: readonly object[];
  readonly refusal: null;
}

const FINISH_REASONS: Readonly<Record<EndEvent["reason"], FinishReason>> = {
  stop: "stop",
  length: "length",
  toolCalls: "tool_calls",
};

/**
 * The engine's events as deltas, the role first; the last piece is the end.
 * @param receipt is told, before the first delta, what the engine has to emulate.
 */
export async function* pieces(events: AsyncIterable<GenerateEvent>, receipt: Receipt): AsyncGenerator<Piece> {
  let calls = 0;
  let isOpened = false;
  for await (const event of events) {
    if (event.type === "start") for (const field of event.emulated) receipt.note("emulated", field);
    if (!isOpened) yield { delta: { role: "assistant", content: "" }, logprobs: null };
    isOpened = true;
    switch (event.type) {
      case "start":
        break;
      case "text":
        yield { delta: { content: event.text }, logprobs: event.logprobs ? logprobs(event.logprobs) : null };
        break;
      case "reasoning":
        yield { delta: { reasoning_content: event.text }, logprobs: null };
        break;
      case "toolCall":
        yield { delta: { tool_calls: [opening(calls++, event.name)] }, logprobs: null };
        break;
      case "arguments":
        yield { delta: { tool_calls: [more(calls - 1, event.text)] }, logprobs: null };
        break;
      case "end":
        yield { finish_reason: FINISH_REASONS[event.reason], end: event };
    }
  }
}

function opening(index: number, name: string): ToolCallDelta {
  return { index, id: newToolCallId(), type: "function", function: { name, arguments: "" } };
}

function more(index: number, text: string): ToolCallDelta {
  return { index, function: { arguments: text } };
}

function logprobs(tokens: readonly ChosenToken[]): Logprobs {
  const content = tokens.map(({ top, ...token }) => ({ ...logprob(token), top_logprobs: top.map(logprob) }));
  return { content, refusal: null };
}

function logprob({ text, logprob, bytes }: TokenLogprob): object {
  return { token: text, logprob, bytes: [...bytes] };
}
