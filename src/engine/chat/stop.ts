import { unfinished } from "./unfinished.ts";

/** Looks for stop strings in a text that comes in pieces. */
export interface StopFilter {
  /**
   * The text that can be given out now; `stopped` when a stop string is complete, after which nothing may be pushed.
   */
  push(piece: string): { readonly text: string; readonly stopped: boolean };
  /** What was held back, when the text is over without a stop string. */
  end(): string;
}

/**
 * Holds back only what may still become a stop string, and ends before the stop string that is complete first. So the
 * outcome does not depend on how the text was cut into pieces.
 */
export function createStopFilter(stops: readonly string[]): StopFilter {
  let held = "";

  return {
    push(piece) {
      held += piece;
      const cut = firstStop(held, stops);
      if (cut !== undefined) return { text: held.slice(0, cut), stopped: true };

      const keep = Math.max(0, ...stops.map((stop) => unfinished(held, stop)));
      const text = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text, stopped: false };
    },
    end: () => held,
  };
}

/** Where the stop string starts that is complete first; of two that end together, the longer. */
function firstStop(text: string, stops: readonly string[]): number | undefined {
  let first: { start: number; end: number } | undefined;
  for (const stop of stops) {
    const start = stop === "" ? -1 : text.indexOf(stop);
    if (start === -1) continue;
    const end = start + stop.length;
    if (first === undefined || end < first.end || (end === first.end && start < first.start)) first = { start, end };
  }
  return first?.start;
}
