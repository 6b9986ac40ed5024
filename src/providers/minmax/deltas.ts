import type { Delta, ToolCallDelta } from "../../api/chat.ts";
import { createStopFilter } from "../../engine/chat/stop.ts";
import { argumentsText, newToolCallId } from "../openai-compatible/completion.ts";
import type { Plan } from "./request.ts";
import { checkedText, thoughtOf } from "./response.ts";
import { createThoughtFilter } from "./thought-filter.ts";
import type { ReplyMessage, ReplyToolCall } from "./wire.ts";

/** One streamed message, as it comes in. */
export interface Deltas {
  /** @param isWhole whether the message says again what came before, and perhaps more. */
  push(given: ReplyMessage, isWhole: boolean): readonly Delta[];
  /**
   * What was held back, when the message is over.
   * @param isComplete whether the answer must be what was promised.
   * @throws ApiError 502 where JSON was promised and the answer is none, or does not fit.
   */
  end(isComplete: boolean): readonly Delta[];
  readonly thought: string;
  readonly toolCallIds: readonly string[];
  /** Whether a stop string has ended the message. */
  readonly isStopped: boolean;
}

export function createDeltas(plan: Plan): Deltas {
  const contentNews = createNews();
  const thoughtNews = createNews();
  const thoughts = plan.splitsThoughts ? createThoughtFilter() : undefined;
  const stops = createStopFilter(plan.stop);
  const calls: { readonly key: number; readonly vendorId: string | undefined; readonly id: string }[] = [];
  let thought = "";
  /** Then tags in the content are content. */
  let hasThoughtsApart = false;
  let isStopped = false;
  let json = "";

  const thoughtDelta = (text: string): readonly Delta[] => {
    thought += text;
    return text === "" ? [] : [{ reasoning_content: text }];
  };

  const contentDelta = (text: string): readonly Delta[] => {
    if (!plan.schema) return text === "" ? [] : [{ content: text }];
    json += text; // nobody sees it before it is checked
    return [];
  };

  const content = (piece: string): readonly Delta[] => {
    if (isStopped || piece === "") return [];
    const found = stops.push(piece);
    isStopped = found.stopped;
    return contentDelta(found.text);
  };

  const toolCall = (piece: ReplyToolCall): readonly ToolCallDelta[] => {
    const key = piece.index ?? (piece.id ? calls.length : calls.length - 1);
    const known = calls.findLastIndex((call) => call.key === key && (!piece.id || piece.id === call.vendorId));
    const index = known < 0 ? calls.length : known;
    if (plan.oneCall && index > 0) return [];
    const written = piece.function?.arguments === undefined ? "" : argumentsText(piece.function.arguments);
    if (known >= 0) return [{ index, function: { arguments: written } }];
    const id = piece.id || newToolCallId();
    calls.push({ key, vendorId: piece.id, id });
    return [{ index, id, type: "function", function: { name: piece.function?.name ?? "", arguments: written } }];
  };

  return {
    push(given, isWhole) {
      const apart = thoughtNews(thoughtOf(given), isWhole);
      hasThoughtsApart ||= apart !== "";
      const news = contentNews(given.content ?? "", isWhole);
      const { thought: within, text } =
        thoughts && !hasThoughtsApart ? thoughts.push(news) : { thought: "", text: news };
      const pieces = isStopped || (isWhole && calls.length > 0) ? [] : (given.tool_calls ?? []);
      const toolCalls = pieces.flatMap(toolCall);
      return [
        ...thoughtDelta(apart || within),
        ...content(text),
        ...(toolCalls.length > 0 ? [{ tool_calls: toolCalls }] : []),
      ];
    },

    end(isComplete) {
      const rest = thoughts?.end() ?? { thought: "", text: "" };
      const deltas = [
        ...thoughtDelta(rest.thought),
        ...content(rest.text),
        ...(isStopped ? [] : contentDelta(stops.end())),
      ];
      if (!plan.schema) return deltas;
      const text = isComplete && calls.length === 0 ? checkedText(json, plan.schema) : json;
      return text === "" ? deltas : [...deltas, { content: text }];
    },

    get thought() {
      return thought;
    },
    get toolCallIds() {
      return calls.map(({ id }) => id);
    },
    get isStopped() {
      return isStopped;
    },
  };
}

/** A text so short may begin the next piece by chance. */
const MIN_REPEATED = 8;

/**
 * What is new in each piece of a text. Early versions of the models sent all that had come so far with every piece;
 * and the whole text may come again at the end.
 */
function createNews(): (piece: string, isWhole: boolean) => string {
  let sent = "";
  return (piece, isWhole) => {
    const isRepeat = isWhole || (sent.length >= MIN_REPEATED && piece.length > sent.length);
    const news = isRepeat && piece.startsWith(sent) ? piece.slice(sent.length) : isWhole ? "" : piece;
    sent += news;
    return news;
  };
}
