import type { Delta, ToolCall, ToolCallDelta } from "../../../src/api/chat.ts";
import type { ChatEvent } from "../api/chat.ts";
import type { Answer } from "./conversation.ts";

export function emptyAnswer(model: string): Answer {
  return { model, state: "waiting", content: "", reasoning: "", toolCalls: [] };
}

/**
 * The answer with one more event of its stream.
 *
 * @param sinceMs how long ago the call was sent.
 */
export function withEvent(answer: Answer, event: ChatEvent, sinceMs: number): Answer {
  switch (event.kind) {
    case "accepted": {
      const { requestId, translation } = event;
      return {
        ...answer,
        ...(requestId !== undefined && { requestId }),
        ...(translation !== undefined && { translation }),
      };
    }
    case "waiting":
      return answer.state === "waiting" ? { ...answer, waitsFor: event.text } : answer;
    case "chunk": {
      const { choices, usage, model } = event.chunk;
      const [choice] = choices;
      const named = { ...answer, ...(usage && { usage }), ...(model !== "" && { answeredBy: model }) };
      if (!choice) return named;
      const finished = choice.finish_reason === null ? named : { ...named, finishReason: choice.finish_reason };
      return withDelta(finished, choice.delta, sinceMs);
    }
    default:
      return answer;
  }
}

function withDelta(answer: Answer, delta: Delta, sinceMs: number): Answer {
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls = [] } = delta;
  const said = (content ?? "") + (refusal ?? "");
  if (said === "" && (reasoning ?? "") === "" && calls.length === 0) return answer;
  return {
    ...answer,
    state: "streaming",
    firstTokenMs: answer.firstTokenMs ?? sinceMs,
    content: answer.content + said,
    reasoning: answer.reasoning + (reasoning ?? ""),
    toolCalls: calls.reduce(withCallDelta, answer.toolCalls),
  };
}

/** The first delta of a call bears its id and name; the later ones pieces of the arguments. */
function withCallDelta(calls: readonly ToolCall[], { index, id, function: piece }: ToolCallDelta): readonly ToolCall[] {
  const call = calls[index];
  const { name = "", arguments: text = "" } = call?.function ?? {};
  const next: ToolCall = {
    id: call?.id ?? id ?? `call_${index}`,
    type: "function",
    function: { name: name + (piece?.name ?? ""), arguments: text + (piece?.arguments ?? "") },
  };
  return call ? calls.with(index, next) : [...calls, next];
}

/** Tokens a second of the writing alone, the wait for the first left out; undefined where that says nothing. */
export function tokensPerSecond({ usage, firstTokenMs, durationMs }: Answer): number | undefined {
  const tokens = usage?.completion_tokens ?? 0;
  if (tokens < 2 || firstTokenMs === undefined || durationMs === undefined || durationMs <= firstTokenMs)
    return undefined;
  return ((tokens - 1) * 1000) / (durationMs - firstTokenMs);
}
