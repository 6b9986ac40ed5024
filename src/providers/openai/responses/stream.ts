import type { ChatCompletionChunk, Delta } from "../../../api/chat.ts";
import { type ApiError, upstreamUnreadable } from "../../../api/error.ts";
import type { Json } from "../../../api/json.ts";
import { createEventDecoder, type ServerSentEvent } from "../../../upstream/sse.ts";
import { type ChunkMaker, createChunkMaker } from "../../chunk-maker.ts";
import { createEventReader } from "../../event-reader.ts";
import type { AnswerContext } from "../../http-provider.ts";
import type { ChatStream } from "../../provider.ts";
import { type Say, translated } from "../../translated.ts";
import { failed, finishReason, head, toolCall, usage } from "./response.ts";
import { keepItems } from "./state.ts";
import type { OutputItem, ResponsesAnswer, ResponsesEvent } from "./wire.ts";

/** A tool call that is being written. */
interface OpenCall {
  /** Its place among the answer's calls. */
  readonly index: number;
  readonly type: string;
  written: string;
}

/**
 * A streamed answer as OpenAI's chunks.
 * @throws ApiError for an error in the stream, and when it ends before the answer is whole.
 */
export function chunks(
  body: AsyncIterable<Buffer>,
  context: Pick<AnswerContext<null>, "withUsage" | "keep" | "failure" | "onSkipped">,
): ChatStream {
  const reader = createEventReader("OpenAI", context.onSkipped);
  const calls = new Map<number, OpenCall>();
  const thoughts = createThoughts();
  let chunk: ChunkMaker | undefined;
  let isOver = false;

  const add = (event: ResponsesEvent, say: (delta: Delta) => void): void => {
    switch (event.type) {
      case "response.output_item.added": {
        const call = toolCall(event.item);
        if (!call) break;
        const open = { index: calls.size, type: call.type, written: "" };
        calls.set(event.output_index, open);
        const { id, type } = call;
        say({ tool_calls: [{ index: open.index, id, type, ...emptyCall(event.item) }] });
        break;
      }
      case "response.output_text.delta":
        say({ content: event.delta });
        break;
      case "response.refusal.delta":
        say({ refusal: event.delta });
        break;
      case "response.reasoning_text.delta":
      case "response.reasoning_summary_text.delta": {
        const text = thoughts(event);
        if (text !== "") say({ reasoning_content: text });
        break;
      }
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta": {
        const open = calls.get(event.output_index);
        if (open) say(argumentsDelta(open, event.delta));
        break;
      }
      case "response.output_item.done": {
        const open = calls.get(event.output_index);
        const rest = open ? writtenIn(event.item).slice(open.written.length) : "";
        if (open && rest !== "") say(argumentsDelta(open, rest)); // a server that sends no deltas
        break;
      }
      case "response.failed":
        throw failed(event.response.error, context);
      case "error":
        throw failed(errorOf(event), context);
      default: // one of the many events that say again what others have said
    }
  };

  const finish = ({ output, usage: counted, ...rest }: ResponsesAnswer, say: Say<Json<ChatCompletionChunk>>): void => {
    if (!chunk) throw beginsOtherwise();
    keepItems(output ?? [], context.keep);
    say(chunk.delta({}, finishReason({ output, ...rest }, calls.size > 0)));
    if (counted) say(chunk.usage(usage(counted)));
  };

  return translated<ServerSentEvent, Json<ChatCompletionChunk>>("OpenAI", body, createEventDecoder(), {
    read({ data }, say) {
      const event = data === "[DONE]" ? undefined : (reader.read(data) as ResponsesEvent | undefined);
      if (!event) return undefined;
      if (event.type === "response.created") {
        chunk = createChunkMaker(head(event.response), context.withUsage);
        say(chunk.delta({ role: "assistant", content: "" }));
      } else if (event.type === "response.completed" || event.type === "response.incomplete") {
        finish(event.response, say);
        isOver = true;
        return "over";
      } else {
        add(event, (delta) => {
          if (!chunk) throw beginsOtherwise();
          say(chunk.delta(delta));
        });
      }
      return undefined;
    },

    end() {
      if (!isOver) throw reader.broke();
    },
  });
}

/** It begins with `response.created`. */
function beginsOtherwise(): ApiError {
  return upstreamUnreadable("OpenAI");
}

type ThoughtEvent = Extract<ResponsesEvent, { type: `response.reasoning${string}` }>;

/** The thoughts' text as it has to be shown: a blank line between two of them, and no summary beside the text itself. */
function createThoughts(): (event: ThoughtEvent) => string {
  let last: string | undefined;
  let hasText = false;
  return ({ type, output_index, summary_index = 0, delta }) => {
    const isText = type === "response.reasoning_text.delta";
    if (!isText && hasText) return "";
    hasText ||= isText;
    const place = `${output_index} ${summary_index}`;
    const separator = last === undefined || last === place ? "" : "\n\n";
    last = place;
    return separator + delta;
  };
}

function emptyCall(item: OutputItem): Readonly<Record<string, unknown>> {
  if (item.type === "function_call") return { function: { name: item.name, arguments: "" } };
  return item.type === "custom_tool_call" ? { custom: { name: item.name, input: "" } } : {};
}

function argumentsDelta(open: OpenCall, text: string): Delta {
  open.written += text;
  const piece = open.type === "custom" ? { custom: { input: text } } : { function: { arguments: text } };
  return { tool_calls: [{ index: open.index, ...piece }] };
}

function writtenIn(item: OutputItem): string {
  if (item.type === "function_call") return item.arguments;
  return item.type === "custom_tool_call" ? item.input : "";
}

/** The error stands in the event itself or, with some servers, in a field of it. */
function errorOf(event: Extract<ResponsesEvent, { type: "error" }>): NonNullable<ResponsesAnswer["error"]> {
  const { code, message } = Object(event.error ?? event) as { code?: string | null; message?: string };
  return { ...(code != null && { code }), ...(message !== undefined && { message }) };
}
