import type { ChatCompletionChunk, Delta } from "../../api/chat.ts";
import type { Json } from "../../api/json.ts";
import { decoded } from "../../upstream/decoder.ts";
import { createEventDecoder, type ServerSentEvent } from "../../upstream/sse.ts";
import { type ChunkMaker, createChunkMaker } from "../chunk-maker.ts";
import { createEventReader, type EventReader } from "../event-reader.ts";
import type { AnswerContext } from "../http-provider.ts";
import { argumentsText, newToolCallId } from "../openai-compatible/completion.ts";
import type { ChatStream } from "../provider.ts";
import { translated } from "../translated.ts";
import { type Assembly, createAssembly } from "./assembly.ts";
import type { Plan } from "./request.ts";
import { completionId, finishReason, isAnswer, keepContent, usage } from "./response.ts";
import { thoughts } from "./thinking-state.ts";
import type { BlockDelta, ContentBlock, Message, StreamEvent } from "./wire.ts";

type Context = AnswerContext<Plan>;

/**
 * The vendor's stream as chunks: role, deltas, finish reason, usage.
 * @throws ApiError for an error among the events, and for a stream that ends without a reason to stop.
 */
export function chunks(body: AsyncIterable<Buffer>, context: Context): ChatStream {
  const reader = createEventReader("Anthropic", context.onSkipped);
  const assembly = createAssembly();
  const deltas = createDeltas(assembly, context);
  let chunk: ChunkMaker | undefined;

  return translated<ServerSentEvent, Json<ChatCompletionChunk>>("Anthropic", body, createEventDecoder(), {
    read({ data }, say) {
      const event = read(data, reader, context);
      if (!event) return;
      assembly.add(event);
      if (event.type === "message_start" && !chunk) {
        chunk = createChunkMaker(headOf(event.message, context), context.withUsage);
        say(chunk.delta({ role: "assistant", content: "" }));
      }
      const delta = deltas.of(event);
      if (chunk && delta) say(chunk.delta(delta));
    },

    end(say) {
      const message = whole(assembly, reader);
      if (!chunk) throw reader.broke();
      keepContent(message.content, context);
      const refusal = message.stop_details?.explanation;
      if (refusal) say(chunk.delta({ refusal }));
      say(chunk.delta({}, finishReason(message, context.plan)));
      say(chunk.usage(usage(message.usage)));
    },
  });
}

/** The stream of an answer that is wanted whole, as that answer. @throws ApiError as `chunks` does. */
export async function collect(body: AsyncIterable<Buffer>, context: Context): Promise<Message> {
  const reader = createEventReader("Anthropic", context.onSkipped);
  const assembly = createAssembly();
  for await (const events of decoded(body, createEventDecoder())) {
    for (const { data } of events) {
      const event = read(data, reader, context);
      if (event) assembly.add(event);
    }
  }
  return whole(assembly, reader);
}

function whole(assembly: Assembly, reader: EventReader): Message {
  const message = assembly.message();
  if (!message?.stop_reason) throw reader.broke();
  return message;
}

/** @returns undefined for an event that is passed over. @throws ApiError for one that is an error. */
function read(data: string, reader: EventReader, { failure }: Context): StreamEvent | undefined {
  const event = reader.read(data) as StreamEvent | { readonly type: "error" } | undefined;
  if (event?.type === "error") throw failure(500, data);
  return event;
}

function headOf({ id, model }: Message, context: Context): Pick<ChatCompletionChunk, "id" | "created" | "model"> {
  return { id: completionId(id), created: Math.floor(Date.now() / 1000), model: model ?? context.model };
}

/** What each event adds to the answer; tool calls are counted by us, as the vendor counts all blocks. */
function createDeltas(assembly: Assembly, { plan }: Context): { of(event: StreamEvent): Delta | undefined } {
  let calls = 0;

  /** Some servers send a block whole in its start. */
  const opened = (block: ContentBlock): Delta | undefined => {
    if (block.type === "text" && block.text) return { content: block.text };
    if (block.type === "thinking" && block.thinking) return { reasoning_content: block.thinking };
    if (block.type !== "tool_use") return undefined;
    const text = argumentsText(block.input);
    if (isAnswer(block, plan)) return text ? { content: text } : undefined;
    calls += 1;
    const called = { name: block.name, arguments: text };
    return { tool_calls: [{ index: calls - 1, id: block.id || newToolCallId(), type: "function", function: called }] };
  };

  const input = (block: ContentBlock, text: string): Delta | undefined => {
    if (block.type !== "tool_use" || text === "") return undefined;
    return isAnswer(block, plan)
      ? { content: text }
      : { tool_calls: [{ index: calls - 1, function: { arguments: text } }] };
  };

  const grown = (block: ContentBlock | undefined, delta: BlockDelta): Delta | undefined => {
    if (delta.type === "text_delta" && delta.text) return { content: delta.text };
    if (delta.type === "thinking_delta" && delta.thinking) return { reasoning_content: delta.thinking };
    return block && delta.type === "input_json_delta" ? input(block, delta.partial_json) : undefined;
  };

  const closed = (block: ContentBlock): Delta | undefined => {
    const [thought] = thoughts([block]);
    if (thought) return { thinking_blocks: [thought] };
    return block.type === "tool_use" && block.input === "" ? input(block, "{}") : undefined;
  };

  return {
    of(event) {
      switch (event.type) {
        case "content_block_start": {
          const block = assembly.block(event.index);
          return block && opened(block);
        }
        case "content_block_delta":
          return grown(assembly.block(event.index), event.delta);
        case "content_block_stop": {
          const block = assembly.block(event.index);
          return block && closed(block);
        }
        default:
          return undefined;
      }
    },
  };
}
