/*
 * Durations by the logarithm: four buckets from each power of two to the next, so that percentiles of any number of
 * calls, from any number of minutes, can be told from a few counts, within a fifth of their value.
 */

const PER_OCTAVE = 4;

/** From this bucket's number on: of all below a millisecond and a fifth, 0. */
export function bucketOf(ms: number): number {
  return ms <= 1 ? 0 : Math.floor(PER_OCTAVE * Math.log2(ms));
}

/** How many calls are in each bucket. */
export type LatencyCounts = ReadonlyMap<number, number>;

/**
 * The duration in milliseconds below which that share of the calls stays; undefined without any.
 * @param share from 0 to 1: 0.95.
 */
export function percentile(counts: LatencyCounts, share: number): number | undefined {
  const buckets = [...counts].toSorted(([a], [b]) => a - b);
  const rank = share * buckets.reduce((sum, [, calls]) => sum + calls, 0);
  let below = 0;
  for (const [bucket, calls] of buckets) {
    if (below + calls >= rank) return Math.round(2 ** ((bucket + (rank - below) / calls) / PER_OCTAVE));
    below += calls;
  }
  return undefined;
}
