import type { AssistantMessage, ChunkChoice, Delta, FinishReason, ToolCall } from "../../api/chat.ts";
import { Flow, forEach } from "../../upstream/flow.ts";
import type { ChatStream } from "../provider.ts";

/** One answer that is whole, however it came. */
export interface Answer {
  readonly message: Pick<AssistantMessage, "content" | "reasoning_content" | "tool_calls">;
  readonly finish_reason: FinishReason;
}

type ToolCallPieces = Pick<ToolCall, "id" | "type"> & { readonly function: { name: string; arguments: string } };

interface Pieces {
  content: string;
  reasoning: string;
  readonly toolCalls: ToolCallPieces[];
}

/** Passes a stream's chunks on, and shows each answer in it when it is whole, before its end passes. */
export function watchAnswers(stream: ChatStream, answered: (answer: Answer) => void): ChatStream {
  const answers = new Map<number, Pieces>();
  const see = ({ index, delta, finish_reason }: ChunkChoice): void => {
    const pieces = answers.get(index) ?? { content: "", reasoning: "", toolCalls: [] };
    answers.set(index, pieces);
    add(pieces, delta);
    if (finish_reason) answered({ message: message(pieces), finish_reason });
  };
  return new Flow((each) =>
    forEach(stream, (chunks) => {
      for (const chunk of chunks) chunk.value.choices.forEach(see);
      return each(chunks);
    }),
  );
}

function add(pieces: Pieces, delta: Delta): void {
  pieces.content += delta.content ?? "";
  pieces.reasoning += delta.reasoning_content ?? "";
  for (const { index, id, type, function: called } of delta.tool_calls ?? []) {
    const call = (pieces.toolCalls[index] ??= {
      id: id ?? "",
      type: type ?? "function",
      function: { name: "", arguments: "" },
    });
    call.function.name += called?.name ?? "";
    call.function.arguments += called?.arguments ?? "";
  }
}

function message({ content, reasoning, toolCalls }: Pieces): Answer["message"] {
  const calls = toolCalls.filter((call) => call !== undefined); // a service may leave an index out
  return {
    content: content === "" && calls.length > 0 ? null : content,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
