import { setTimeout } from "node:timers/promises";
import type { CallSummary } from "../api/admin.ts";
import { createLiveCalls, type LiveCalls } from "../store/traffic/live.ts";
import type { LineToPrimary } from "./messages.ts";

/** The calls of all workers for the clients of this one. */
export interface WorkerLive {
  /** What clients watch. */
  readonly live: LiveCalls;
  /** Whether anybody's clients watch: only then do calls go to the primary. */
  setWatched(isWatched: boolean): void;
  /** Calls of any worker, this one among them. */
  tell(calls: readonly CallSummary[]): void;
}

/** What comes within this time goes together. */
const RELAY_EVERY_MS = 100;

/** @param own the calls of this process. */
export function createWorkerLive(own: LiveCalls, line: LineToPrimary): WorkerLive {
  const all = createLiveCalls();
  let relaying: AbortController | undefined;

  const relay = async (signal: AbortSignal): Promise<void> => {
    for await (const calls of own.watch(signal)) {
      line.tell({ about: "calls", calls });
      await setTimeout(RELAY_EVERY_MS, undefined, { signal }).catch(() => undefined); // nobody watches any more
    }
  };

  return {
    live: {
      ...all,
      watch(signal) {
        const calls = all.watch(signal);
        line.tell({ about: "watching", isWatching: true });
        const onAbort = (): void => {
          if (!all.isWatched()) line.tell({ about: "watching", isWatching: false });
        };
        signal.addEventListener("abort", onAbort, { once: true });
        return calls;
      },
      end() {
        all.end();
        own.end();
      },
    },

    setWatched(isWatched) {
      if (isWatched === (relaying !== undefined)) return;
      relaying?.abort();
      relaying = isWatched ? new AbortController() : undefined;
      if (relaying) void relay(relaying.signal);
    },

    tell(calls) {
      for (const call of calls) all.tell(call);
    },
  };
}
