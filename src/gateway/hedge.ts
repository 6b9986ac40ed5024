import { setTimeout } from "node:timers/promises";
import type { AttemptedCall } from "./attempt.ts";

type Lane<T> = (call: AttemptedCall) => Promise<T>;

/**
 * Asks a second lane too when the first has not answered after a while, or has failed. The first answer counts; the
 * other lane is ended.
 *
 * Source: https://research.google/pubs/the-tail-at-scale/ ("hedged requests")
 *
 * @throws what the first lane has thrown, when both fail.
 */
export async function hedged<T>(first: Lane<T>, second: Lane<T>, afterMs: number, call: AttemptedCall): Promise<T> {
  const lanes = [new AbortController(), new AbortController()] as const;
  const onAbort = (): void => lanes.forEach((lane) => lane.abort(call.signal.reason));
  call.signal.throwIfAborted();
  call.signal.addEventListener("abort", onAbort, { once: true });

  let isAnswered = false;
  const run = (lane: Lane<T>, own: AbortController, other: AbortController): Promise<T> => {
    const claim = (): boolean => {
      if (isAnswered) return false;
      isAnswered = true;
      other.abort(new Error("another answer was first"));
      return true;
    };
    return lane({ ...call, signal: own.signal, claim });
  };

  const main = run(first, lanes[0], lanes[1]);
  const clock = new AbortController();
  const delay = setTimeout(afterMs, undefined, { signal: clock.signal });
  // Whichever comes first: the time, or the first lane's end.
  const spare = Promise.race([delay, main])
    .catch(() => undefined)
    .finally(() => clock.abort())
    .then(() => {
      lanes[1].signal.throwIfAborted();
      return run(second, lanes[1], lanes[0]);
    });
  delay.catch(() => undefined); // it is not needed any more
  try {
    return await Promise.any([main, spare]);
  } catch (thrown) {
    call.signal.throwIfAborted();
    throw thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  }
}
