/** How far a download was, and when. */
export interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** The rate is that of so much time; the first moments say little. */
const WINDOW_MS = 10_000;
const MIN_MS = 1_000;

/**
 * How fast a download is, by what came in the last seconds.
 * @param samples what was told so far; the new one is added, old ones are removed.
 * @param bytes undefined while nothing is downloaded: then there is no rate, and the next download has its own.
 */
export function rateOf(
  samples: Sample[],
  bytes: number | undefined,
  atMs: number,
): { readonly bytesPerSecond?: number } {
  if (bytes === undefined) samples.length = 0;
  if (bytes === undefined) return {};
  samples.push({ atMs, bytes });
  while (samples.length > 2 && atMs - (samples[1]?.atMs ?? atMs) >= WINDOW_MS) samples.shift();
  const [first] = samples;
  if (!first || atMs - first.atMs < MIN_MS || bytes <= first.bytes) return {};
  return { bytesPerSecond: ((bytes - first.bytes) / (atMs - first.atMs)) * 1000 };
}
