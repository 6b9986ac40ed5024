/** How often a value was at most each bound, as Prometheus has it. */
export interface Histogram {
  readonly bounds: readonly number[];
  /** One a bound, and one for what is above all of them; not added up. */
  readonly counts: number[];
  sum: number;
}

/** In seconds. */
export const CALL_BOUNDS: readonly number[] = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];
export const FIRST_CHUNK_BOUNDS: readonly number[] = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32];
export const TOKEN_BOUNDS: readonly number[] = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28];
export const GATEWAY_BOUNDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5,
];

/** @param bounds ascending. */
export function createHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
}

export function observe(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram;
  let index = 0;
  while (index < bounds.length && value > bounds[index]!) index++;
  counts[index]!++;
  histogram.sum += value;
}
