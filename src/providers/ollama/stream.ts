import type { ChatCompletionChunk, Delta, ToolCall } from "../../api/chat.ts";
import type { Json } from "../../api/json.ts";
import { createLineDecoder } from "../../upstream/ndjson.ts";
import { type ChunkMaker, createChunkMaker } from "../chunk-maker.ts";
import { createEventReader } from "../event-reader.ts";
import type { AnswerContext } from "../http-provider.ts";
import { finishReason } from "../openai-compatible/completion.ts";
import type { ChatStream } from "../provider.ts";
import { translated } from "../translated.ts";
import type { Plan } from "./request.ts";
import { checked, checkLogprobs, checkPrompt, head, keepThinking, logprobs, toolCall, usage } from "./response.ts";
import type { ChatResponse } from "./wire.ts";

type Context = AnswerContext<Plan>;

/**
 * The vendor's lines as chunks: role, deltas, finish reason, usage. Tool calls come whole, and are counted by us.
 * @throws ApiError for a line that is an error, and when no line says that the answer is done.
 */
export function chunks(body: AsyncIterable<Buffer>, context: Context): ChatStream {
  const reader = createEventReader("Ollama", context.onSkipped);
  const calls: ToolCall[] = [];
  let thinking = "";
  let chunk: ChunkMaker | undefined;
  let last: ChatResponse | undefined;

  return translated<string, Json<ChatCompletionChunk>>("Ollama", body, createLineDecoder(), {
    read(line, say) {
      const value = reader.read(line);
      if (!value) return;
      const part = checked(value, context);
      if (last) return; // Nothing is expected after the end.
      checkLogprobs(part, context);
      if (!chunk) {
        chunk = createChunkMaker(head(part, context), context.withUsage);
        say(chunk.delta({ role: "assistant", content: "" }));
      }
      const { message } = part;
      if (message.thinking) say(chunk.delta({ reasoning_content: message.thinking }));
      if (message.content) say(chunk.delta({ content: message.content }, null, logprobs(part)));
      for (const call of (message.tool_calls ?? []).map(toolCall)) {
        for (const delta of callDeltas(call, calls.length)) say(chunk.delta(delta));
        calls.push(call);
      }
      thinking += message.thinking ?? "";
      if (part.done) last = part;
    },

    end(say) {
      if (!chunk || !last) throw reader.broke();
      checkPrompt(last, context);
      keepThinking(calls, thinking, context);
      say(chunk.delta({}, finishReason(last.done_reason || "stop", calls.length > 0)));
      say(chunk.usage(usage(last)));
    },
  });
}
function callDeltas({ id, type, function: called }: ToolCall, index: number): readonly Delta[] {
  const { name, arguments: args } = called ?? { name: "", arguments: "" };
  return [
    { tool_calls: [{ index, id, type, function: { name, arguments: "" } }] },
    { tool_calls: [{ index, function: { arguments: args } }] },
  ];
}
