const ROUNDS = 3;
/** A slow model is measured once. */
const ENOUGH_MS = 10_000;

/** Does the same work a few times, one after the other. */
export async function rounds<Result>(work: (round: number) => Promise<Result>): Promise<readonly Result[]> {
  const startedAt = performance.now();
  const results: Result[] = [];
  for (let round = 0; round < ROUNDS && performance.now() - startedAt < ENOUGH_MS; round++) {
    results.push(await work(round));
  }
  return results;
}

/** How much of a work that does `count` at a time gets done in a second. */
export async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const times = await rounds(async () => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  });
  return rate(count, median(times));
}

export function rate(count: number, ms: number): number {
  return (count * 1000) / Math.max(ms, Number.EPSILON);
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
