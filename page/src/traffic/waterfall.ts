import type { CallTry } from "../../../src/api/admin.ts";

/** Where a try's bar lies, in shares of the whole call's time. */
export interface Bar {
  readonly start: number;
  /** Until a stream's first chunk. */
  readonly waiting: number;
  /** From there on, or all of what was not streamed. */
  readonly answering: number;
}

/** A bar for each try, and the time that they are drawn against: the call's, or the longest try's where that is more. */
export function waterfall(
  tries: readonly CallTry[],
  durationMs: number,
): { readonly bars: readonly Bar[]; readonly totalMs: number } {
  const totalMs = Math.max(1, durationMs, ...tries.map(({ start_ms, duration_ms }) => start_ms + duration_ms));
  const bars = tries.map(({ start_ms, duration_ms, first_chunk_ms = 0 }): Bar => {
    const waiting = Math.min(first_chunk_ms, duration_ms);
    return { start: start_ms / totalMs, waiting: waiting / totalMs, answering: (duration_ms - waiting) / totalMs };
  });
  return { bars, totalMs };
}

/** A time at the very end has no room for its words. */
const LAST_TICK = 0.92;

/** Round times for the scale: at most five. */
export function ticks(totalMs: number): readonly number[] {
  const rough = totalMs / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor((LAST_TICK * totalMs) / step) + 1 }, (_, index) => index * step);
}
