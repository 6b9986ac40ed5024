import type { ChatCompletionChunk, ChunkChoice, Delta, Usage } from "../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import { readEvents } from "../../upstream/sse.ts";
import type { AnswerContext } from "../http-provider.ts";
import { finishReason } from "../openai-compatible/completion.ts";
import { createDeltas } from "./deltas.ts";
import type { Plan } from "./request.ts";
import { failureIn, head, isKeptBack, keepThought, usage } from "./response.ts";
import type { Reply } from "./wire.ts";

/**
 * A streamed answer as OpenAI's chunks.
 * @throws ApiError for an error in the stream, and when it ends before the answer is whole.
 */
export async function* chunks(
  body: AsyncIterable<Buffer>,
  context: AnswerContext<Plan>,
): AsyncGenerator<ChatCompletionChunk> {
  const deltas = createDeltas(context.plan);
  let base: ReturnType<typeof head> | undefined;
  let reason: string | undefined;
  let keptBack = false;
  let counted: Usage | undefined;

  const chunk = (delta: Delta, finish_reason: ChunkChoice["finish_reason"] = null): ChatCompletionChunk => ({
    ...(base ??= head({}, context.model)),
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
    ...(context.withUsage && { usage: null }),
  });

  for await (const reply of replies(body)) {
    const failure = failureIn(reply, context);
    keptBack ||= isKeptBack(reply);
    if (failure && !(keptBack && base)) throw failure;
    counted = usage(reply.usage) ?? counted;
    const [choice] = reply.choices ?? [];
    if (!choice) continue;
    if (!base) {
      base = head(reply, context.model);
      yield chunk({ role: "assistant", content: "" });
    }
    reason = choice.finish_reason || reason;
    const given = choice.delta ?? choice.message;
    if (given) for (const delta of deltas.push(given, choice.delta == null)) yield chunk(delta);
  }

  if (!base || (reason === undefined && !keptBack)) throw upstreamBroke("MiniMax");
  const known = finishReason(deltas.isStopped ? "stop" : reason, deltas.toolCallIds.length > 0);
  const finish_reason = keptBack ? "content_filter" : known;
  for (const delta of deltas.end(finish_reason === "stop")) yield chunk(delta);
  keepThought(deltas.thought, deltas.toolCallIds, context);
  yield chunk({}, finish_reason);
  if (counted) yield { ...base, object: "chat.completion.chunk", choices: [], usage: counted };
}

async function* replies(body: AsyncIterable<Buffer>): AsyncGenerator<Reply> {
  for await (const data of documents(body)) {
    if (data === "[DONE]") continue;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch (cause) {
      throw upstreamUnreadable("MiniMax", cause);
    }
    yield Object(value) as Reply;
  }
}

/** An answer that ends in failure may be one JSON document, although a stream was asked for; it is short. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** The events' data, or the one document that came in their place. */
async function* documents(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const reads = body[Symbol.asyncIterator]();
  try {
    const first = await reads.next();
    const rest = async function* (): AsyncGenerator<Buffer> {
      for (let next = first; !next.done; next = await reads.next()) yield next.value;
    };
    if (first.done || !first.value.toString("latin1").trimStart().startsWith("{")) {
      for await (const { data } of readEvents(rest())) yield data;
      return;
    }
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of rest()) {
      bytes += part.length;
      if (bytes > MAX_DOCUMENT_BYTES) throw upstreamUnreadable("MiniMax");
      parts.push(part);
    }
    yield Buffer.concat(parts).toString("utf8");
  } finally {
    await reads.return?.();
  }
}
