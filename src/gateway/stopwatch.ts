/** Adds up how long somebody else was waited for; waits at the same time count once. */
export interface Stopwatch {
  ms(): number;
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Measures the wait for each value, until the stopwatch is stopped: from then on values pass at no cost. */
  reads<T>(values: AsyncIterable<T>): AsyncIterable<T>;
  stop(): void;
}

export function createStopwatch(): Stopwatch {
  let waiting = 0;
  let since = 0;
  let totalMs = 0;
  let isStopped = false;

  const end = (): void => {
    if (--waiting === 0) totalMs += performance.now() - since;
  };

  const wait = <T>(promise: Promise<T>): Promise<T> => {
    if (waiting++ === 0) since = performance.now();
    promise.then(end, end);
    return promise;
  };

  return {
    wait,
    ms: () => totalMs + (waiting > 0 ? performance.now() - since : 0),
    stop: () => void (isStopped = true),

    reads: (values) => ({
      [Symbol.asyncIterator]() {
        const source = values[Symbol.asyncIterator]();
        return {
          next: () => (isStopped ? source.next() : wait(source.next())),
          return: async () => (await source.return?.()) ?? { done: true, value: undefined },
        };
      },
    }),
  };
}
