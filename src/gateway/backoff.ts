import { setTimeout } from "node:timers/promises";

const FIRST_MS = 250;
const MAX_MS = 8_000;

/**
 * How long to wait before the next try: anything up to a bound that doubles, so that clients which failed together do
 * not come back together.
 *
 * Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ ("full jitter")
 *
 * @param tries how many have failed.
 * @param random a number from 0 to 1.
 */
export function backoffMs(tries: number, random: number): number {
  return random * Math.min(MAX_MS, FIRST_MS * 2 ** (tries - 1));
}

/** @throws the signal's reason when it fires first. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
