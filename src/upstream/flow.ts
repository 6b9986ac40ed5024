/** What a reader says to a value: nothing; `over`, if it has had enough; or a promise of either, before which it wants no more. */
export type Taken = void | "over" | Promise<void | "over">;

/** Takes a stream's values, one after the other. Whoever has said `over` says it again if there is more all the same. */
export type Each<T> = (value: T) => Taken;

/**
 * A stream that calls its reader, as soon as there is something. Each step on the way of an answer's chunks is then a call
 * of a function; as async iterators, each took several turns of the microtask queue, a sixth of what a paced stream costs.
 * It can be iterated, too.
 */
export class Flow<T> implements AsyncIterable<T> {
  /** Once only. Resolves with `over` if the reader has left; rejects when the stream breaks, or the reader throws. */
  readonly forEach: (each: Each<T>) => Promise<void | "over">;

  constructor(forEach: (each: Each<T>) => Promise<void | "over">) {
    this.forEach = forEach;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let next = Promise.withResolvers<IteratorResult<T, void>>();
    let goOn: ((said: void | "over") => void) | undefined;
    let hasLeft = false;
    const end = this.forEach((value) => {
      if (hasLeft) return "over";
      next.resolve({ done: false, value });
      return new Promise((resolve) => (goOn = resolve));
    }).then(
      () => next.resolve({ done: true, value: undefined }),
      (thrown: unknown) => next.reject(thrown),
    );
    try {
      for (;;) {
        const { done, value } = await next.promise;
        if (done) return;
        next = Promise.withResolvers();
        yield value;
        goOn?.();
      }
    } finally {
      hasLeft = true;
      next.promise.catch(() => undefined); // nobody waits for it any more
      goOn?.("over");
      await end;
    }
  }
}

/** Shows a stream to a reader, value by value, to its end. Resolves and rejects as `Flow.forEach` does. */
export function forEach<T>(stream: AsyncIterable<T>, each: Each<T>): Promise<void | "over"> {
  return stream instanceof Flow ? (stream as Flow<T>).forEach(each) : iterate(stream, each);
}

async function iterate<T>(stream: AsyncIterable<T>, each: Each<T>): Promise<void | "over"> {
  for await (const value of stream) if ((await each(value)) === "over") return "over";
  return undefined;
}

/** Does something when the reader wants to go on. */
export function whenTaken(taken: Taken, goOn: () => void): Taken {
  if (taken instanceof Promise) {
    return taken.then((said) => {
      goOn();
      return said;
    });
  }
  goOn();
  return taken;
}
