import { explained } from "./reading.ts";

/** How a stream's events become chunks. It remembers what it must from one to the next. */
export interface Translation<Event, Chunk> {
  /**
   * Says what one event adds.
   * @returns `over` where nothing more is to come, although the line is open.
   */
  read(event: Event, say: Say<Chunk>): "over" | void;
  /** Says what follows the last event. @throws ApiError unless the answer is whole. */
  end(say: Say<Chunk>): void;
}

export type Say<Chunk> = (chunk: Chunk) => void;

/**
 * A stream's chunks, those of one read together: they go on together, and each step on their way is taken once for all.
 *
 * @param title the vendor, for people.
 * @param reads the events of each read.
 * @throws ApiError what the translation throws; 502 where the vendor's events are not what they should be.
 */
export async function* translated<Event, Chunk>(
  title: string,
  reads: AsyncIterable<readonly Event[]>,
  translation: Translation<Event, Chunk>,
): AsyncGenerator<readonly Chunk[], void, undefined> {
  let said: Chunk[] = [];
  const say = (chunk: Chunk): void => void said.push(chunk);
  try {
    for await (const events of reads) {
      const isOver = events.some((event) => translation.read(event, say) === "over");
      if (said.length > 0) {
        const batch = said;
        said = [];
        yield batch;
      }
      if (isOver) break;
    }
    translation.end(say);
  } catch (thrown) {
    if (said.length > 0) yield said; // it came before what broke
    throw explained(title, thrown);
  }
  if (said.length > 0) yield said;
}
