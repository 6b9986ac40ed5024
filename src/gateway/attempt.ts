import type { Target } from "./model.ts";

/**
 * Calls a target for a stream and waits for its first chunk, so that a stream that fails at once is a failed call: the
 * client has been told nothing yet, and another try is still free. After the first chunk there is no way back.
 */
export async function firstChunk<T>(
  target: Target,
  start: (target: Target) => Promise<AsyncIterable<T>>,
): Promise<AsyncIterable<T>> {
  return peek(await start(target));
}

/** Waits for the first value, then gives them all. Leaving the iteration leaves the source, too. */
async function peek<T>(source: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const values = source[Symbol.asyncIterator]();
  const first = await values.next();
  return (async function* () {
    try {
      for (let next = first; !next.done; next = await values.next()) yield next.value;
    } finally {
      await values.return?.();
    }
  })();
}
