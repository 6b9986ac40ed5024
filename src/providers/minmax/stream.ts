import type { ChatCompletionChunk, Usage } from "../../api/chat.ts";
import { upstreamUnreadable } from "../../api/error.ts";
import type { Json } from "../../api/json.ts";
import type { Decoder } from "../../upstream/decoder.ts";
import { createEventDecoder } from "../../upstream/sse.ts";
import { type ChunkMaker, createChunkMaker } from "../chunk-maker.ts";
import { createEventReader } from "../event-reader.ts";
import type { AnswerContext } from "../http-provider.ts";
import { finishReason } from "../openai-compatible/completion.ts";
import type { ChatStream } from "../provider.ts";
import { translated } from "../translated.ts";
import { createDeltas } from "./deltas.ts";
import type { Plan } from "./request.ts";
import { failureIn, head, isKeptBack, keepThought, usage } from "./response.ts";
import type { Reply } from "./wire.ts";

/**
 * A streamed answer as OpenAI's chunks.
 * @throws ApiError for an error in the stream, and when it ends before the answer is whole.
 */
export function chunks(body: AsyncIterable<Buffer>, context: AnswerContext<Plan>): ChatStream {
  const reader = createEventReader("MiniMax", context.onSkipped);
  const deltas = createDeltas(context.plan);
  let chunk: ChunkMaker | undefined;
  let reason: string | undefined;
  let keptBack = false;
  let counted: Usage | undefined;

  return translated<string, Json<ChatCompletionChunk>>("MiniMax", body, createDocumentDecoder(), {
    read(data, say) {
      const reply: Reply | undefined = data === "[DONE]" ? undefined : reader.read(data);
      if (!reply) return;
      const failure = failureIn(reply, context);
      keptBack ||= isKeptBack(reply);
      if (failure && !(keptBack && chunk)) throw failure;
      counted = usage(reply.usage) ?? counted;
      const [choice] = reply.choices ?? [];
      if (!choice) return;
      if (!chunk) {
        chunk = createChunkMaker(head(reply, context.model), context.withUsage);
        say(chunk.delta({ role: "assistant", content: "" }));
      }
      reason = choice.finish_reason || reason;
      const given = choice.delta ?? choice.message;
      if (given) for (const delta of deltas.push(given, choice.delta == null)) say(chunk.delta(delta));
    },

    end(say) {
      if (!chunk || (reason === undefined && !keptBack)) throw reader.broke();
      const known = finishReason(deltas.isStopped ? "stop" : reason, deltas.toolCallIds.length > 0);
      const finish_reason = keptBack ? "content_filter" : known;
      for (const delta of deltas.end(finish_reason === "stop")) say(chunk.delta(delta));
      keepThought(deltas.thought, deltas.toolCallIds, context);
      say(chunk.delta({}, finish_reason));
      if (counted) say(chunk.usage(counted));
    },
  });
}

/** An answer that ends in failure may be one JSON document, although a stream was asked for; it is short. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

/** The events' data, or the one document that came in their place. */
function createDocumentDecoder(): Decoder<string> {
  const events = createEventDecoder();
  const parts: Uint8Array[] = [];
  let bytesLeft = MAX_DOCUMENT_BYTES;
  let isDocument: boolean | undefined;

  return {
    read(bytes) {
      isDocument ??= startsAsDocument(bytes);
      if (!isDocument) return events.read(bytes).map(({ data }) => data);
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) throw upstreamUnreadable("MiniMax");
      parts.push(bytes);
      return [];
    },
    end() {
      return isDocument ? [Buffer.concat(parts).toString("utf8")] : events.end().map(({ data }) => data);
    },
  };
}

function startsAsDocument(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString("latin1").trimStart().startsWith("{");
}
