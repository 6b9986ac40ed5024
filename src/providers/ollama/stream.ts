import type { ChatCompletionChunk, Delta, FinishReason, ToolCall } from "../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import { readLines } from "../../upstream/ndjson.ts";
import type { AnswerContext } from "../http-provider.ts";
import { finishReason } from "../openai-compatible/completion.ts";
import type { Plan } from "./request.ts";
import { checked, checkLogprobs, checkPrompt, head, keepThinking, logprobs, toolCall, usage } from "./response.ts";
import type { ChatResponse } from "./wire.ts";

type Context = AnswerContext<Plan>;

/**
 * The vendor's lines as chunks: role, deltas, finish reason, usage. Tool calls come whole, and are counted by us.
 * @throws ApiError for a line that is an error, and when no line says that the answer is done.
 */
export async function* chunks(body: AsyncIterable<Buffer>, context: Context): AsyncGenerator<ChatCompletionChunk> {
  const calls: ToolCall[] = [];
  let thinking = "";
  let chunk: ReturnType<typeof createChunks> | undefined;
  let last: ChatResponse | undefined;

  for await (const line of readLines(body)) {
    const part = checked(parse(line), context);
    if (last) continue; // Nothing is expected after the end.
    checkLogprobs(part, context);
    if (!chunk) {
      chunk = createChunks(part, context);
      yield chunk({ role: "assistant", content: "" });
    }
    const { message } = part;
    if (message.thinking) yield chunk({ reasoning_content: message.thinking });
    if (message.content) yield chunk({ content: message.content }, null, logprobs(part));
    for (const call of (message.tool_calls ?? []).map(toolCall)) {
      for (const delta of callDeltas(call, calls.length)) yield chunk(delta);
      calls.push(call);
    }
    thinking += message.thinking ?? "";
    if (part.done) last = part;
  }

  if (!chunk || !last) throw upstreamBroke("Ollama");
  checkPrompt(last, context);
  keepThinking(calls, thinking, context);
  yield chunk({}, finishReason(last.done_reason || "stop", calls.length > 0));
  yield usageChunk(chunk({}), last);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw upstreamUnreadable("Ollama", cause);
  }
}

/** All chunks of a stream share their id, time and model. */
function createChunks(
  first: ChatResponse,
  context: Context,
): (delta: Delta, finish_reason?: FinishReason | null, logprobs?: object | null) => ChatCompletionChunk {
  const shared = { ...head(first, context), object: "chat.completion.chunk" } as const;
  const quiet = context.withUsage ? { usage: null } : {};
  return (delta, finish_reason = null, logprobs = null) => ({
    ...shared,
    choices: [{ index: 0, delta, logprobs, finish_reason }],
    ...quiet,
  });
}

function callDeltas({ id, type, function: called }: ToolCall, index: number): readonly Delta[] {
  const { name, arguments: args } = called ?? { name: "", arguments: "" };
  return [
    { tool_calls: [{ index, id, type, function: { name, arguments: "" } }] },
    { tool_calls: [{ index, function: { arguments: args } }] },
  ];
}

function usageChunk({ id, object, created, model }: ChatCompletionChunk, last: ChatResponse): ChatCompletionChunk {
  return { id, object, created, model, choices: [], usage: usage(last) };
}
