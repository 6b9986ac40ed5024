import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CallSummary } from "../../../src/api/admin.ts";
import { type CallFilter, calls, liveCalls } from "../api/admin.ts";
import { pause, seen } from "../api/answer.ts";
import { type Feed, fits, MAX_LIVE, withLive, withNewest, withOlder } from "./feed.ts";

const PAGE = 50;
const RETRY_MS = 2_000;
/** Calls that come faster than the eye are shown together. */
const TOGETHER_MS = 200;

interface Watched {
  /** Undefined until the first page is there. */
  readonly feed: ReadonlySignal<Feed | undefined>;
  readonly failure: ReadonlySignal<Error | undefined>;
  /** Adds the next page below. */
  readonly showOlder: () => Promise<void>;
}

/** The calls that fit the filter. @param isLive whether new ones are added as they come, or the list stays as it is. */
export function useCalls({ model, outcome }: CallFilter, isLive: boolean): Watched {
  const feed = useSignal<Feed | undefined>(undefined);
  const failure = useSignal<Error | undefined>(undefined);

  useEffect(() => {
    if (!isLive && feed.value) return undefined;
    const over = new AbortController();
    void watch({ model, outcome }, (next) => void (feed.value = next), failure, over.signal);
    return () => over.abort();
  }, [model, outcome, isLive]);

  const showOlder = async (): Promise<void> => {
    const before = feed.value?.next;
    if (before == null) return;
    try {
      const page = await calls({ model, outcome }, before, PAGE, AbortSignal.timeout(30_000));
      if (feed.value?.next === before) feed.value = withOlder(feed.value, page);
      failure.value = undefined;
    } catch (thrown) {
      failure.value = asError(thrown);
    }
  };
  return { feed, failure, showOlder };
}

/** Follows the server until the signal fires: while the page's tab is in front, and again after it has been away. */
async function watch(
  filter: CallFilter,
  tell: (feed: Feed) => void,
  failure: { value: Error | undefined },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await seen(signal);
    const turn = untilHidden(signal);
    try {
      const told = (feed: Feed): void => {
        failure.value = undefined;
        tell(feed);
      };
      if ((await follow(filter, told, turn.signal)) === "full") continue;
    } catch (thrown) {
      if (!turn.signal.aborted) failure.value = asError(thrown);
    } finally {
      turn.abort();
    }
    await pause(RETRY_MS, signal);
  }
}

/** The latest page, and on top of it what comes, until there is too much of it or the server ends. */
async function follow(filter: CallFilter, tell: (feed: Feed) => void, signal: AbortSignal): Promise<"full" | "ended"> {
  let feed: Feed | undefined;
  let unshown: CallSummary[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = (): void => {
    timer = undefined;
    if (!feed) return;
    feed = unshown.reduce(withLive, feed);
    unshown = [];
    tell(feed);
  };
  /** Begins before the page is asked for, so that none is missed between the two. */
  const gather = async (): Promise<"full" | "ended"> => {
    for await (const call of liveCalls(signal)) {
      if (!fits(call, filter)) continue;
      unshown.push(call);
      timer ??= setTimeout(show, TOGETHER_MS);
      if (unshown.length + (feed?.calls.length ?? 0) > MAX_LIVE) return "full";
    }
    return "ended";
  };
  const begin = async (): Promise<void> => {
    feed = withNewest(await calls(filter, undefined, PAGE, signal), []);
    show();
  };
  try {
    const [end] = await Promise.all([gather(), begin()]);
    return end;
  } finally {
    clearTimeout(timer);
  }
}

function untilHidden(signal: AbortSignal): AbortController {
  const turn = new AbortController();
  const end = (): void => {
    if (document.hidden || signal.aborted) turn.abort();
  };
  document.addEventListener("visibilitychange", end, { signal: turn.signal });
  signal.addEventListener("abort", end, { signal: turn.signal });
  return turn;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
