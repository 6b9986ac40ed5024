/** What is measured, and the work that it is compared with. */
export interface Codec {
  readonly name: string;
  readonly work: () => unknown;
  readonly reference: () => unknown;
}

/** Long enough to be measured, short enough to be often left alone by what else the machine does. */
const SAMPLE_MS = 0.5;
const WARM_MS = 150;
const SAMPLES = 100;

/** How many times as long the work takes as the reference: both by the least of many samples, taken in turns. */
export async function ratio({ work, reference }: Codec): Promise<number> {
  const [ours, theirs] = [await warm(work), await warm(reference)];
  let workMs = Infinity;
  let referenceMs = Infinity;
  for (let sample = 0; sample < SAMPLES; sample++) {
    workMs = Math.min(workMs, await timed(work, ours));
    referenceMs = Math.min(referenceMs, await timed(reference, theirs));
  }
  return workMs / referenceMs;
}

/** Until it is compiled. @returns how often it is done in a sample. */
async function warm(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  let least = Infinity;
  while (performance.now() - startedAt < WARM_MS) least = Math.min(least, await timed(work, 1));
  return Math.max(1, Math.ceil(SAMPLE_MS / least));
}

/** @returns milliseconds for one. */
async function timed(work: () => unknown, times: number): Promise<number> {
  const startedAt = performance.now();
  for (let time = 0; time < times; time++) {
    const result = work();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - startedAt) / times;
}
