/** The promise's outcome, or the signal's reason if that comes first; what the promise stands for goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { outcome, stop } = createWait(signal);
  try {
    return await outcome(promise);
  } finally {
    stop();
  }
}

/** Waits for one promise after the other as `unlessAborted` does. */
export interface Wait {
  outcome<T>(promise: Promise<T>): Promise<T>;
  /** Listens to the signal no longer. */
  stop(): void;
}

/** One listener for all of them: to come and go with each takes longer than most of them. */
export function createWait(signal: AbortSignal): Wait {
  let { aborted: isAborted } = signal;
  let leave: ((reason: unknown) => void) | undefined;
  const abort = (): void => {
    isAborted = true;
    leave?.(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  return {
    outcome: (promise) =>
      new Promise((resolve, reject) => {
        leave = reject;
        // An abort wins over a promise that is settled already.
        if (isAborted) abort();
        promise.then(resolve, reject);
      }),
    stop: () => signal.removeEventListener("abort", abort),
  };
}
