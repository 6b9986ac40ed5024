import type { Decoder } from "../upstream/decoder.ts";
import { Flow, forEach, type Taken } from "../upstream/flow.ts";
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
export function translated<Event, Chunk>(
  title: string,
  body: AsyncIterable<Uint8Array>,
  decoder: Decoder<Event>,
  translation: Translation<Event, Chunk>,
): Flow<readonly Chunk[]> {
  return new Flow(async (each) => {
    let said: Chunk[] = [];
    let isOver = false;
    const say = (chunk: Chunk): void => void said.push(chunk);
    const endsStream = (event: Event): boolean => translation.read(event, say) === "over";
    const passOn = (): Taken => {
      if (said.length === 0) return undefined;
      const batch = said;
      said = [];
      return each(batch);
    };

    try {
      const left = await forEach(body, (bytes) => {
        isOver = decoder.read(bytes).some(endsStream);
        return isOver ? "over" : passOn(); // what was said last goes out with the end
      });
      if (left === "over" && !isOver) return left;
      if (!isOver) decoder.end().some(endsStream);
      translation.end(say);
    } catch (thrown) {
      await passOn(); // it came before what broke
      throw explained(title, thrown);
    }
    return passOn();
  });
}
