import type { ChatCompletionChunk } from "../api/chat.ts";
import type { Json } from "../api/json.ts";

export type Chunks = AsyncGenerator<Json<ChatCompletionChunk>, void, undefined>;

/** A stream that opens with more than this without saying anything is passed on as it is. */
const MAX_HELD_CHUNKS = 64;

/**
 * Waits until a stream says something, then gives all of it: until then the client has been told nothing, and another
 * target can still take over unnoticed. Leaving the iteration leaves the source, too.
 */
export async function firstContent(chunks: Chunks): Promise<Chunks> {
  const held: Json<ChatCompletionChunk>[] = [];
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    held.push(next.value);
    if (saysSomething(next.value.value) || held.length >= MAX_HELD_CHUNKS) break;
  }
  return (async function* () {
    try {
      yield* held;
      yield* chunks;
    } finally {
      await chunks.return();
    }
  })();
}

/** A chunk that only opens the message, with its role and an empty text, is not yet an answer. */
function saysSomething({ choices }: ChatCompletionChunk): boolean {
  return choices.some(({ delta, finish_reason }) => {
    const { role: _, ...rest } = delta;
    return finish_reason !== null || Object.values(rest).some((value) => value != null && value !== "");
  });
}
