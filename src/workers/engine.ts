import { abortable, type ChildSource, type RunningChild, stopped } from "../upstream/child.ts";
import type { LineToPrimary } from "./messages.ts";

/** The engine, which the primary starts, as a worker reaches it. */
export interface EngineAtPrimary extends ChildSource {
  started(socketPath: string): void;
  ended(): void;
}

export function engineAtPrimary(line: LineToPrimary): EngineAtPrimary {
  let current: { readonly child: RunningChild; end(): void } | undefined;
  return {
    isRunning: () => current !== undefined,

    async running(signal) {
      if (!current) await abortable(line.ask({ about: "engine" }), signal);
      if (!current) throw stopped(); // it has started, and ended at once
      return current.child;
    },

    async close() {
      // The primary does, when the last worker has ended.
    },

    started(socketPath) {
      const exit = Promise.withResolvers<void>();
      let hasEnded = false;
      let hasAnswered = false;
      const child: RunningChild = {
        socketPath,
        exit: exit.promise,
        hasEnded: () => hasEnded,
        answered() {
          if (!hasAnswered) line.tell({ about: "engine_answered" });
          hasAnswered = true;
        },
      };
      const end = (): void => {
        hasEnded = true;
        exit.resolve();
      };
      current = { child, end };
    },

    ended() {
      current?.end();
      current = undefined;
    },
  };
}
