/** The promise's outcome, or the signal's reason if that comes first; what the promise stands for goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true, signal: settled.signal });
  });
  try {
    // An abort wins over a promise that is settled already.
    return await Promise.race([aborted, promise]);
  } finally {
    settled.abort();
  }
}
