import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useCallback, useEffect, useRef } from "preact/hooks";

/** What was asked of the server. */
export interface Answer<Value> {
  /** The last that came; it stays while the next is asked for. */
  readonly value?: Value;
  /** Why the last question was not answered. */
  readonly failure?: Error;
}

interface Asked<Value> {
  readonly answer: ReadonlySignal<Answer<Value>>;
  /** Asks once more, at once. */
  readonly again: () => void;
}

/**
 * Asks the server when the component is first shown, and anew when one of the inputs changes.
 * @param everyMs asks again so long after each answer, while the page is seen; undefined: once.
 */
export function useAnswer<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
  everyMs?: number,
): Asked<Value> {
  const answer = useSignal<Answer<Value>>({});
  const running = useRef<AbortController>(new AbortController());

  const question = useCallback((): void => {
    running.current.abort();
    const call = new AbortController();
    running.current = call;
    void keepAsking(ask, (next) => void (answer.value = merged(answer.value, next)), everyMs, call.signal);
  }, inputs);

  useEffect(() => {
    question();
    return () => running.current.abort();
  }, [question]);
  return { answer, again: question };
}

async function keepAsking<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  tell: (answer: Answer<Value>) => void,
  everyMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  do {
    const next = await answerOf(ask, signal);
    if (signal.aborted) return;
    tell(next);
    if (everyMs === undefined) return;
    await pause(everyMs, signal);
    await seen(signal);
  } while (!signal.aborted);
}

async function answerOf<Value>(
  ask: (signal: AbortSignal) => Promise<Value>,
  signal: AbortSignal,
): Promise<Answer<Value>> {
  try {
    return { value: await ask(signal) };
  } catch (thrown) {
    return { failure: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }
}

function merged<Value>(before: Answer<Value>, next: Answer<Value>): Answer<Value> {
  return next.failure ? { ...before, failure: next.failure } : next;
}

/** Resolves after that time, or when the signal fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
  });
}

/** Resolves when the page's tab is in front, or the signal fires. */
export function seen(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = (): void => {
      if (document.hidden && !signal.aborted) return;
      done.abort();
      resolve();
    };
    document.addEventListener("visibilitychange", end, { signal: done.signal });
    signal.addEventListener("abort", end, { signal: done.signal });
  });
}
