import type { ChatCompletion, ChatCompletionChunk } from "../../api/chat.ts";
import { Json } from "../../api/json.ts";
import { TextChunk } from "../../api/text-chunk.ts";
import { Flow, forEach } from "../../upstream/flow.ts";
import type { ChatStream } from "../provider.ts";

/*
 * `parallel_tool_calls: false` for services that do not know it: of the calls that a model makes at once, the client
 * sees the first. The model makes the others again when it has the first one's result, if it still wants to.
 */

export function firstCallOnly(answer: ChatCompletion): ChatCompletion {
  if (!answer.choices.some(({ message }) => (message.tool_calls?.length ?? 0) > 1)) return answer;
  const choices = answer.choices.map((choice) => {
    const { tool_calls } = choice.message;
    return tool_calls ? { ...choice, message: { ...choice.message, tool_calls: tool_calls.slice(0, 1) } } : choice;
  });
  return { ...answer, choices };
}

export function firstCallsOnly(stream: ChatStream): ChatStream {
  return new Flow((each) => forEach(stream, (chunks) => each(chunks.map(firstCall))));
}

function firstCall(chunk: Json<ChatCompletionChunk>): Json<ChatCompletionChunk> {
  if (chunk instanceof TextChunk) return chunk;
  const isLater = chunk.value.choices.some(({ delta }) => delta.tool_calls?.some(({ index }) => index > 0));
  return isLater ? Json.fromValue(withoutLaterCalls(chunk.value)) : chunk;
}

function withoutLaterCalls(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const choices = chunk.choices.map((choice) => {
    const { tool_calls, ...delta } = choice.delta;
    const first = tool_calls?.filter(({ index }) => index === 0) ?? [];
    return { ...choice, delta: first.length > 0 ? { ...delta, tool_calls: first } : delta };
  });
  return { ...chunk, choices };
}
