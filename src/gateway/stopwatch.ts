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

/** A class, as are the reads: one of each is made for every call. */
class Clock implements Stopwatch {
  isStopped = false;
  #waiting = 0;
  #since = 0;
  #totalMs = 0;

  ms(): number {
    return this.#totalMs + (this.#waiting > 0 ? performance.now() - this.#since : 0);
  }

  wait<T>(promise: Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#since = performance.now();
    promise.then(this.#end, this.#end);
    return promise;
  }

  reads<T>(values: AsyncIterable<T>): AsyncIterable<T> {
    return new TimedReads(this, values[Symbol.asyncIterator]());
  }

  stop(): void {
    this.isStopped = true;
  }

  readonly #end = (): void => {
    if (--this.#waiting === 0) this.#totalMs += performance.now() - this.#since;
  };
}

class TimedReads<T> implements AsyncIterableIterator<T> {
  readonly #clock: Clock;
  readonly #source: AsyncIterator<T>;

  constructor(clock: Clock, source: AsyncIterator<T>) {
    this.#clock = clock;
    this.#source = source;
  }

  next(): Promise<IteratorResult<T>> {
    const next = this.#source.next();
    return this.#clock.isStopped ? next : this.#clock.wait(next);
  }

  async return(): Promise<IteratorResult<T>> {
    return (await this.#source.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
