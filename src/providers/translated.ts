import type { Decoder } from "../upstream/decoder.ts";
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
 * @param body read by read.
 * @param decoder finds the events in it.
 * @throws ApiError what the translation throws; 502 where the vendor's events are not what they should be.
 */
export async function* translated<Event, Chunk>(
  title: string,
  body: AsyncIterable<Uint8Array>,
  decoder: Decoder<Event>,
  translation: Translation<Event, Chunk>,
): AsyncGenerator<readonly Chunk[], void, undefined> {
  let said: Chunk[] = [];
  const say = (chunk: Chunk): void => void said.push(chunk);
  const isOver = (event: Event): boolean => translation.read(event, say) === "over";
  try {
    let hasEnded = false;
    for await (const bytes of body) {
      hasEnded = decoder.read(bytes).some(isOver);
      if (said.length > 0) {
        const batch = said;
        said = [];
        yield batch;
      }
      if (hasEnded) break;
    }
    if (!hasEnded) decoder.end().some(isOver);
    translation.end(say);
  } catch (thrown) {
    if (said.length > 0) yield said; // it came before what broke
    throw explained(title, thrown);
  }
  if (said.length > 0) yield said;
}
