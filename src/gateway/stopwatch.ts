import { Flow, forEach, whenTaken } from "../upstream/flow.ts";

/** Adds up how long somebody else was waited for; waits at the same time count once. */
export interface Stopwatch {
  ms(): number;
  wait<T>(promise: Promise<T>): Promise<T>;
  /** Measures the wait for each value, until the stopwatch is stopped: from then on values pass at no cost. */
  reads<T>(values: AsyncIterable<T>): AsyncIterable<T>;
  stop(): void;
}

export function createStopwatch(): Stopwatch {
  return new Clock();
}

/** A class: one is made for every call. */
class Clock implements Stopwatch {
  isStopped = false;
  #waiting = 0;
  #since = 0;
  #totalMs = 0;

  ms(): number {
    return this.#totalMs + (this.#waiting > 0 ? performance.now() - this.#since : 0);
  }

  wait<T>(promise: Promise<T>): Promise<T> {
    this.#begin();
    promise.then(this.#end, this.#end);
    return promise;
  }

  reads<T>(values: AsyncIterable<T>): AsyncIterable<T> {
    return new Flow(async (each) => {
      let isWaiting = false;
      const begin = (): void => {
        if (this.isStopped) return;
        isWaiting = true;
        this.#begin();
      };
      const end = (): void => {
        if (isWaiting) this.#end();
        isWaiting = false;
      };
      begin();
      try {
        return await forEach(values, (value) => {
          if (!isWaiting) return each(value);
          end();
          return whenTaken(each(value), begin);
        });
      } finally {
        end();
      }
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  #begin(): void {
    if (this.#waiting++ === 0) this.#since = performance.now();
  }

  readonly #end = (): void => {
    if (--this.#waiting === 0) this.#totalMs += performance.now() - this.#since;
  };
}
