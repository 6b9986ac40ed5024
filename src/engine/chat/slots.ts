import { EngineError } from "../errors.ts";

/** A fixed number of places where calls are computed side by side, and the queue before them. */
export interface Slots<Slot> {
  /**
   * The idle slot that fits best; waits, first come first served, while all are taken.
   * @param fit how many tokens of the call's prompt, from the first, the slot still holds.
   * @throws EngineError `busy` when too many calls wait already; the signal's reason when it fires before.
   */
  take(fit: (slot: Slot) => number, signal: AbortSignal): Promise<Slot>;
  give(slot: Slot): void;
  /** Lets nobody in any more, and resolves when all slots have been given back. */
  drain(): Promise<void>;
}

export function createSlots<Slot>(slots: readonly Slot[], maxWaiting: number): Slots<Slot> {
  /** Least recently used first, so that a call without a common beginning takes the state that is missed least. */
  const idle = [...slots];
  const waiting: ((slot: Slot) => void)[] = [];
  let closed = false;

  function takeIdle(fit: (slot: Slot) => number): Slot | undefined {
    let best = 0;
    let longest = 0;
    idle.forEach((slot, index) => {
      const length = fit(slot);
      if (length > longest) [best, longest] = [index, length];
    });
    return idle.splice(best, 1)[0];
  }

  function wait(signal?: AbortSignal): Promise<Slot> {
    const { promise, resolve, reject } = Promise.withResolvers<Slot>();
    const enter = (slot: Slot): void => {
      signal?.removeEventListener("abort", leave);
      resolve(slot);
    };
    const leave = (): void => {
      waiting.splice(waiting.indexOf(enter), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", leave, { once: true });
    waiting.push(enter);
    return promise;
  }

  return {
    async take(fit, signal) {
      signal.throwIfAborted();
      if (closed) throw new EngineError("busy", "The model is being unloaded: try again.");
      const slot = takeIdle(fit);
      if (slot !== undefined) return slot;
      if (waiting.length >= maxWaiting) {
        throw new EngineError("busy", `${waiting.length} calls wait for this model already: try again later.`);
      }
      return wait(signal);
    },
    give(slot) {
      const enter = waiting.shift();
      if (enter === undefined) idle.push(slot);
      else enter(slot);
    },
    async drain() {
      closed = true;
      await Promise.all(slots.map(async () => idle.shift() ?? wait()));
    },
  };
}
