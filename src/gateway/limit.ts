import { ApiError } from "../api/error.ts";

/** How many calls may run at once, and how many may wait for their turn. */
export interface LimitSettings {
  readonly running: number;
  readonly queued: number;
  /** Who has waited so long is sent away. */
  readonly waitMs: number;
}

export interface Limit {
  /**
   * Resolves when the call may run, in the order in which calls came.
   *
   * @param mayWait false: the call would rather go elsewhere than wait.
   * @returns must be called once when the call is over.
   * @throws ApiError 503 when too many wait already or the wait is too long; the signal's reason when it fires.
   */
  enter(signal: AbortSignal, mayWait?: boolean): Promise<() => void>;
}

/** Everybody may run. */
export const NO_LIMIT: Limit = { enter: async () => () => undefined };

/** @param what is limited, for people: `the server`. */
export function createLimit(what: string, { running, queued, waitMs }: LimitSettings): Limit {
  const queue = new Set<() => void>();
  let taken = 0;

  const leave = (): void => {
    const [next] = queue;
    if (next) next(); // takes the place over
    else taken--;
  };

  const turn = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        queue.delete(onTurn);
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        settle();
      };
      const onTurn = (): void => end(resolve);
      const onAbort = (): void => end(() => reject(signal.reason));
      const timer = setTimeout(() => end(() => reject(tooBusy(what))), waitMs);
      queue.add(onTurn);
      signal.addEventListener("abort", onAbort, { once: true });
    });

  return {
    async enter(signal, mayWait = true) {
      signal.throwIfAborted();
      if (taken < running) taken++;
      else if (!mayWait || queue.size >= queued) throw tooBusy(what);
      else await turn(signal);
      let hasLeft = false;
      return () => {
        if (!hasLeft) leave();
        hasLeft = true;
      };
    },
  };
}

/** Does something that is over when it has its value. */
export async function within<T>(limit: Limit, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const leave = await limit.enter(signal);
  try {
    return await work();
  } finally {
    leave();
  }
}

/** Does something that is over when its stream is. */
export async function streamWithin<T>(
  limit: Limit,
  signal: AbortSignal,
  work: () => Promise<AsyncGenerator<T, void, undefined>>,
): Promise<AsyncGenerator<T, void, undefined>> {
  const leave = await limit.enter(signal);
  signal.addEventListener("abort", leave, { once: true }); // a stream that is never read has no end
  const chunks = await work().catch((thrown: unknown) => {
    leave();
    throw thrown;
  });
  return (async function* () {
    try {
      yield* chunks;
    } finally {
      leave();
    }
  })();
}

function tooBusy(what: string): ApiError {
  const message = `Too many calls at once: ${what} takes no more for the moment. Try again soon.`;
  return new ApiError(503, "overloaded_error", message, { code: "concurrency_limit", headers: { "retry-after": "1" } });
}
