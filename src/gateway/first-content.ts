import type { ChatCompletionChunk } from "../api/chat.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import { type Each, Flow, forEach } from "../upstream/flow.ts";

/** The chunks of one read. */
export type Batch = readonly Json<ChatCompletionChunk>[];

export type Chunks = AsyncIterable<Batch>;

/** A stream that opens with more than this without saying anything is passed on as it is. */
const MAX_HELD_BATCHES = 64;

/**
 * Waits until a stream says something, then gives all of it, what was waited for as one batch: until then the client has
 * been told nothing, and another target can still take over unnoticed.
 */
export function firstContent(chunks: Chunks): Promise<Chunks> {
  return new Promise((resolve, reject) => {
    const held: Json<ChatCompletionChunk>[] = [];
    let heldBatches = 0;
    let reader: Each<Batch> | undefined;

    const end = forEach(chunks, (batch) => {
      if (reader) return reader(batch);
      held.push(...batch);
      if (++heldBatches < MAX_HELD_BATCHES && !batch.some(saysSomething)) return undefined;
      return new Promise<void | "over">((takenWith) => {
        const readOn: Flow<Batch>["forEach"] = (each) => {
          reader = each;
          takenWith(each(held));
          return end;
        };
        resolve(new Flow(readOn));
      });
    });
    const allOf = async (each: Each<Batch>): Promise<void | "over"> => (held.length > 0 ? each(held) : undefined);
    end.then(() => resolve(new Flow(allOf)), reject);
  });
}

/** A chunk that only opens the message, with its role and an empty text, is not yet an answer. */
function saysSomething(chunk: Json<ChatCompletionChunk>): boolean {
  if (chunk instanceof TextChunk) return chunk.content !== "";
  return chunk.value.choices.some(({ delta, finish_reason }) => {
    const { role: _, ...rest } = delta;
    return finish_reason !== null || Object.values(rest).some((value) => value != null && value !== "");
  });
}
