import type { ChatCompletionChunk, Delta, FinishReason, Usage } from "../api/chat.ts";
import { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";

/** Makes the chunks of one answer, all of which share its head. */
export interface ChunkMaker {
  delta(delta: Delta, finish_reason?: FinishReason | null, logprobs?: object | null): Json<ChatCompletionChunk>;
  /** The last one, without choices. */
  usage(usage: Usage): Json<ChatCompletionChunk>;
}

/**
 * @param withUsage whether `usage: null` stands on every chunk but the last, as OpenAI has it when it was asked for.
 * @param index of the answer, where there are several.
 */
export function createChunkMaker(
  head: Pick<ChatCompletionChunk, "id" | "created" | "model">,
  withUsage: boolean,
  index = 0,
): ChunkMaker {
  const shared = { ...head, object: "chat.completion.chunk" } as const;
  const quiet = withUsage ? { usage: null } : {};
  const of = (delta: Delta, finish_reason: FinishReason | null, logprobs: object | null): ChatCompletionChunk => ({
    ...shared,
    choices: [{ index, delta, logprobs, finish_reason }],
    ...quiet,
  });

  // Nearly all chunks are text. They differ in nothing but that, so the rest is written once.
  const [beforeText = "", afterText = ""] = JSON.stringify(of({ content: MARK }, null, null)).split(MARK);
  const text = (content: string): TextChunk => {
    const escaped = JSON.stringify(content).slice(1, -1);
    return new TextChunk(beforeText + escaped + afterText, escaped);
  };

  return {
    delta(delta, finish_reason = null, logprobs = null) {
      const { content } = delta;
      const isText = index === 0 && typeof content === "string" && finish_reason === null && logprobs === null;
      if (isText && Object.keys(delta).length === 1) return text(content);
      return Json.fromValue(of(delta, finish_reason, logprobs));
    },
    usage: (usage) => Json.fromValue({ ...shared, choices: [], usage }),
  };
}

/** What no id and no name of a model has in it. */
const MARK = "\u{10FFFD}text\u{10FFFD}";
