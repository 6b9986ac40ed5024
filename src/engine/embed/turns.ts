import { unlessAborted } from "../unless-aborted.ts";

/** Lets one piece of work run at a time, in the order in which they were asked for. */
export interface Turns {
  /** Rejects as soon as the signal fires: work that waits is never begun, work that runs ends unheard. */
  take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Resolves when all that was asked for so far is over. */
  idle(): Promise<unknown>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take<T>(work: () => Promise<T>, signal: AbortSignal) {
      const mine = last.then(() => {
        signal.throwIfAborted();
        return work();
      });
      last = mine.catch(() => undefined);
      return unlessAborted(mine, signal);
    },
    idle: () => last,
  };
}
