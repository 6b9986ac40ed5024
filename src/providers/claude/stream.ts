import type { ChatCompletionChunk, Delta, FinishReason, Usage } from "../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../api/error.ts";
import { readEvents } from "../../upstream/sse.ts";
import type { AnswerContext } from "../http-provider.ts";
import { argumentsText, newToolCallId } from "../openai-compatible/completion.ts";
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
export async function* chunks(body: AsyncIterable<Buffer>, context: Context): AsyncGenerator<ChatCompletionChunk> {
  const assembly = createAssembly();
  const deltas = createDeltas(assembly, context);
  let chunk: ReturnType<typeof createChunks> | undefined;

  for await (const event of events(body, context)) {
    assembly.add(event);
    if (event.type === "message_start" && !chunk) {
      chunk = createChunks(event.message, context);
      yield chunk({ role: "assistant", content: "" });
    }
    const delta = deltas.of(event);
    if (chunk && delta) yield chunk(delta);
  }

  const message = whole(assembly);
  if (!chunk) throw upstreamBroke("Anthropic");
  keepContent(message.content, context);
  const refusal = message.stop_details?.explanation;
  if (refusal) yield chunk({ refusal });
  yield chunk({}, finishReason(message, context.plan));
  yield chunk(usage(message.usage));
}

/** The stream of an answer that is wanted whole, as that answer. @throws ApiError as `chunks` does. */
export async function collect(body: AsyncIterable<Buffer>, context: Context): Promise<Message> {
  const assembly = createAssembly();
  for await (const event of events(body, context)) assembly.add(event);
  return whole(assembly);
}

function whole(assembly: Assembly): Message {
  const message = assembly.message();
  if (!message?.stop_reason) throw upstreamBroke("Anthropic");
  return message;
}

async function* events(body: AsyncIterable<Buffer>, { failure }: Context): AsyncGenerator<StreamEvent> {
  for await (const { data } of readEvents(body)) {
    const event = parse(data);
    if (event.type === "error") throw failure(500, data);
    yield event;
  }
}

function parse(data: string): StreamEvent | { readonly type: "error" } {
  try {
    const event = JSON.parse(data) as StreamEvent | null;
    if (typeof event === "object" && event !== null) return event;
  } catch (cause) {
    throw upstreamUnreadable("Anthropic", cause);
  }
  throw upstreamUnreadable("Anthropic");
}

/** All chunks of a stream share their id, time and model. */
function createChunks(
  { id, model }: Message,
  context: Context,
): (content: Delta | Usage, finish_reason?: FinishReason) => ChatCompletionChunk {
  const head = {
    id: completionId(id),
    object: "chat.completion.chunk",
    created: Math.floor(Date.now() / 1000),
    model: model ?? context.model,
  } as const;
  const quiet = context.withUsage ? { usage: null } : {};
  return (content, finish_reason) =>
    "total_tokens" in content
      ? { ...head, choices: [], usage: content as Usage }
      : {
          ...head,
          choices: [{ index: 0, delta: content, logprobs: null, finish_reason: finish_reason ?? null }],
          ...quiet,
        };
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
