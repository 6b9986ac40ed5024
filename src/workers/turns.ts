import { createLimit, type LimitSettings } from "../gateway/limit.ts";
import { createNamedLimits, type LimitLoad } from "../gateway/limits.ts";
import type { LineToPrimary, Turn } from "./messages.ts";

/** The limits of all workers, where each call of theirs takes its turn. */
export interface Turns {
  report(): readonly LimitLoad[];
  /** For one worker. */
  forWorker(): WorkerTurns;
}

export interface WorkerTurns {
  /** Resolves when the call may run. @throws ApiError 503 when it may not wait any longer. */
  take(turn: Turn): Promise<void>;
  /** The call is over, or does not wait any longer. */
  leave(ticket: number): void;
  /** The worker has ended, and its calls with it. */
  leaveAll(): void;
}

export function createTurns(queue: Omit<LimitSettings, "running">): Turns {
  const limits = createNamedLimits(queue, createLimit);
  return {
    report: limits.report,
    forWorker() {
      const leaves = new Map<number, () => void>(); // one a call that runs or waits
      return {
        async take(turn) {
          const gone = new AbortController();
          leaves.set(turn.ticket, () => gone.abort());
          try {
            const leave = await limits.limit(turn.of, turn.running).enter(gone.signal, turn);
            if (gone.signal.aborted) leave(); // while it was let in
            else leaves.set(turn.ticket, leave);
          } catch (thrown) {
            leaves.delete(turn.ticket);
            throw thrown;
          }
        },
        leave(ticket) {
          leaves.get(ticket)?.();
          leaves.delete(ticket);
        },
        leaveAll() {
          for (const leave of leaves.values()) leave();
          leaves.clear();
        },
      };
    },
  };
}

/** A limit as a worker sees it: it asks the primary for each call, which only those calls pay for that have a limit. */
export function limitAtPrimary(line: LineToPrimary): typeof createLimit {
  let tickets = 0;
  return (of, { running }) => ({
    load: () => ({ running: 0, queued: 0 }), // which the primary knows

    enter(signal, entrant) {
      signal.throwIfAborted();
      const ticket = tickets++;
      let hasLeft = false;
      const leave = (): void => {
        if (!hasLeft) line.tell({ about: "left", ticket });
        hasLeft = true;
      };
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          leave();
          reject(signal.reason);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        line
          .ask({ about: "turn", turn: { ...entrant, ticket, of, running } })
          .then(() => resolve(leave), reject)
          .finally(() => signal.removeEventListener("abort", onAbort));
      });
    },
  });
}
