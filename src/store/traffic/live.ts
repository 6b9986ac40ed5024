import { once } from "node:events";
import type { CallSummary } from "../../api/admin.ts";

/** Calls for those who watch, as they end. */
export interface LiveCalls {
  isWatched(): boolean;
  tell(call: CallSummary): void;
  /** All that came since the last time, each time. Ends with the signal, and with the server. */
  watch(signal: AbortSignal): AsyncGenerator<readonly CallSummary[]>;
  end(): void;
}

/** Who reads more slowly misses the oldest. */
const MAX_UNREAD = 500;

interface Watcher {
  readonly unread: CallSummary[];
  wake(): void;
}

export function createLiveCalls(): LiveCalls {
  const watchers = new Set<Watcher>(); // one a connection
  const ended = new AbortController();

  return {
    isWatched: () => watchers.size > 0,

    tell(call) {
      for (const { unread, wake } of watchers) {
        unread.push(call);
        if (unread.length > MAX_UNREAD) unread.shift();
        wake();
      }
    },

    watch(signal) {
      const over = AbortSignal.any([signal, ended.signal]);
      const wakes = new EventTarget();
      const watcher: Watcher = { unread: [], wake: () => void wakes.dispatchEvent(new Event("call")) };
      watchers.add(watcher);
      over.addEventListener("abort", () => void watchers.delete(watcher), { once: true }); // also if it is never read
      return (async function* () {
        try {
          while (!over.aborted) {
            if (watcher.unread.length > 0) yield watcher.unread.splice(0);
            else await once(wakes, "call", { signal: over }).catch(() => undefined); // it is over
          }
        } finally {
          watchers.delete(watcher);
        }
      })();
    },

    end: () => ended.abort(),
  };
}
