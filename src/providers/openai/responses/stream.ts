import type { ChatCompletionChunk, ChunkChoice, Delta } from "../../../api/chat.ts";
import { upstreamBroke, upstreamUnreadable } from "../../../api/error.ts";
import { readEvents } from "../../../upstream/sse.ts";
import type { AnswerContext } from "../../http-provider.ts";
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
export async function* chunks(
  body: AsyncIterable<Buffer>,
  context: Pick<AnswerContext<null>, "withUsage" | "keep" | "failure">,
): AsyncGenerator<ChatCompletionChunk> {
  let base: ReturnType<typeof head> | undefined;
  const calls = new Map<number, OpenCall>();
  const thoughts = createThoughts();

  const chunk = (delta: Delta, finish_reason: ChunkChoice["finish_reason"] = null): ChatCompletionChunk => {
    if (!base) throw upstreamUnreadable("OpenAI"); // it begins with `response.created`
    const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
    return { ...base, object: "chat.completion.chunk", choices, ...(context.withUsage && { usage: null }) };
  };

  for await (const { data } of readEvents(body)) {
    if (data === "[DONE]") continue;
    const event = parse(data);
    switch (event.type) {
      case "response.created":
        base = head(event.response);
        yield chunk({ role: "assistant", content: "" });
        break;
      case "response.output_item.added": {
        const call = toolCall(event.item);
        if (!call) break;
        const open = { index: calls.size, type: call.type, written: "" };
        calls.set(event.output_index, open);
        const { id, type } = call;
        yield chunk({ tool_calls: [{ index: open.index, id, type, ...emptyCall(event.item) }] });
        break;
      }
      case "response.output_text.delta":
        yield chunk({ content: event.delta });
        break;
      case "response.refusal.delta":
        yield chunk({ refusal: event.delta });
        break;
      case "response.reasoning_text.delta":
      case "response.reasoning_summary_text.delta": {
        const text = thoughts(event);
        if (text !== "") yield chunk({ reasoning_content: text });
        break;
      }
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta": {
        const open = calls.get(event.output_index);
        if (open) yield chunk(argumentsDelta(open, event.delta));
        break;
      }
      case "response.output_item.done": {
        const open = calls.get(event.output_index);
        const rest = open ? writtenIn(event.item).slice(open.written.length) : "";
        if (open && rest !== "") yield chunk(argumentsDelta(open, rest)); // a server that sends no deltas
        break;
      }
      case "response.completed":
      case "response.incomplete":
        keepItems(event.response.output ?? [], context.keep);
        yield chunk({}, finishReason(event.response, calls.size > 0));
        if (event.response.usage) yield { ...chunk({}), choices: [], usage: usage(event.response.usage) };
        return;
      case "response.failed":
        throw failed(event.response.error, context);
      case "error":
        throw failed(errorOf(event), context);
      case "response.in_progress":
      case "response.queued":
        break;
      default:
        event satisfies never; // one of the many events that say again what others have said
    }
  }
  throw upstreamBroke("OpenAI");
}

function parse(data: string): ResponsesEvent {
  try {
    return Object(JSON.parse(data)) as ResponsesEvent;
  } catch (cause) {
    throw upstreamUnreadable("OpenAI", cause);
  }
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
