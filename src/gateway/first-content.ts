import type { ChatCompletionChunk } from "../api/chat.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";

/** The chunks of one read. */
export type Batch = readonly Json<ChatCompletionChunk>[];

export type Chunks = AsyncIterableIterator<Batch, void, undefined>;

/** The end of one that is written by hand. */
export const OVER = { done: true, value: undefined } as const;

/** A stream that opens with more than this without saying anything is passed on as it is. */
const MAX_HELD_BATCHES = 64;

/**
 * Waits until a stream says something, then gives all of it: until then the client has been told nothing, and another
 * target can still take over unnoticed. Leaving the iteration leaves the source, too.
 */
export async function firstContent(chunks: Chunks): Promise<Chunks> {
  const held = await untilContent(chunks);
  return (async function* () {
    try {
      yield held;
      yield* chunks;
    } finally {
      await chunks.return?.();
    }
  })();
}

/**
 * The beginning of a stream, up to the first chunk that says something, or to its end: one batch, which may be empty.
 * @param onWait called before each wait for more.
 */
export async function untilContent(chunks: AsyncIterator<Batch>, onWait?: () => void): Promise<Batch> {
  const held: Json<ChatCompletionChunk>[] = [];
  for (let batches = 0; batches < MAX_HELD_BATCHES; batches++) {
    onWait?.();
    const next = await chunks.next();
    if (next.done) break;
    held.push(...next.value);
    if (next.value.some(saysSomething)) break;
  }
  return held;
}

/** A chunk that only opens the message, with its role and an empty text, is not yet an answer. */
function saysSomething(chunk: Json<ChatCompletionChunk>): boolean {
  if (chunk instanceof TextChunk) return chunk.content !== "";
  return chunk.value.choices.some(({ delta, finish_reason }) => {
    const { role: _, ...rest } = delta;
    return finish_reason !== null || Object.values(rest).some((value) => value != null && value !== "");
  });
}
