import type { TrafficBucket, TrafficStats } from "../../../src/api/admin.ts";

/** One line of a chart: a value for each bucket, null where there is none to be told. */
export type Values = readonly (number | null)[];

/** When each bucket of the time shown begins, in milliseconds since 1970; those without a call among them. */
export function times({ from, to, bucket_ms: step }: TrafficStats): readonly number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
}

/**
 * One number of each bucket.
 * @param empty of a bucket without a call: 0 for what is counted, null for what is measured.
 */
export function values(
  stats: TrafficStats,
  of: (bucket: TrafficBucket) => number | undefined,
  empty: 0 | null,
): Values {
  const byTime = new Map(stats.buckets.map((bucket) => [bucket.at, bucket]));
  return times(stats).map((at) => {
    const bucket = byTime.get(at);
    return bucket ? (of(bucket) ?? null) : empty;
  });
}

/** The highest value and where it is; undefined where there is none above zero. */
export function peak(all: Values): { readonly value: number; readonly index: number } | undefined {
  let best: { value: number; index: number } | undefined;
  for (const [index, value] of all.entries()) {
    if (value !== null && value > (best?.value ?? 0)) best = { value, index };
  }
  return best;
}
