import { randomBytes } from "node:crypto";
import type { ChatCompletion, Choice, ToolCall, ToolCallDelta, Usage } from "../../api/chat.ts";
import { upstreamBroke } from "../../api/error.ts";
import type { EndEvent, Piece } from "./answer.ts";

/** The answers to one call. */
export interface Answers {
  /** The name of the model that answers. */
  readonly model: string;
  /** Each begins when the one before is over. */
  readonly all: AsyncIterable<AsyncIterable<Piece>>;
}

/** All answers whole: what a stream's deltas come to. */
export async function completion({ model, all }: Answers): Promise<ChatCompletion> {
  const choices: Choice[] = [];
  const ends: EndEvent[] = [];
  for await (const answer of all) {
    const { choice, end } = await wholeChoice(choices.length, answer);
    choices.push(choice);
    ends.push(end);
  }
  return { ...head(model), object: "chat.completion", choices, usage: usage(ends) };
}

async function wholeChoice(index: number, all: AsyncIterable<Piece>): Promise<{ choice: Choice; end: EndEvent }> {
  let content = "";
  let reasoning = "";
  const calls: ToolCall[] = [];
  const tokens: object[] = [];
  let hasLogprobs = false;

  for await (const piece of all) {
    if ("end" in piece) {
      const message = {
        role: "assistant",
        content: content === "" && calls.length > 0 ? null : content,
        refusal: null,
        ...(reasoning !== "" && { reasoning_content: reasoning }),
        ...(calls.length > 0 && { tool_calls: calls }),
      } as const;
      const logprobs = hasLogprobs ? { content: tokens, refusal: null } : null;
      return { choice: { index, message, logprobs, finish_reason: piece.finish_reason }, end: piece.end };
    }
    const { delta } = piece;
    content += delta.content ?? "";
    reasoning += delta.reasoning_content ?? "";
    for (const call of delta.tool_calls ?? []) add(calls, call);
    tokens.push(...(piece.logprobs?.content ?? []));
    hasLogprobs ||= piece.logprobs !== null;
  }
  throw upstreamBroke("The engine");
}

function add(calls: ToolCall[], { index, id, function: called }: ToolCallDelta): void {
  const { id: known, function: before } = calls[index] ?? { id: id ?? "" };
  const name = before?.name ?? called?.name ?? "";
  const text = (before?.arguments ?? "") + (called?.arguments ?? "");
  calls[index] = { id: known, type: "function", function: { name, arguments: text } };
}

/** What whole answers and the chunks of a stream have in common. */
export function head(model: string): Pick<ChatCompletion, "id" | "created" | "model"> {
  return { id: `chatcmpl-${randomBytes(12).toString("hex")}`, created: Math.floor(Date.now() / 1000), model };
}

/** The usage of all answers to one prompt, which counts once. */
export function usage(ends: readonly EndEvent[]): Usage {
  const [first] = ends;
  const promptTokens = first?.promptTokens ?? 0;
  const completionTokens = sum(ends.map((end) => end.completionTokens));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: first?.cachedTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: sum(ends.map((end) => end.reasoningTokens ?? 0)) },
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
