import { say } from "../messages/say.ts";
import { EngineError } from "./errors.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** What a model takes of the memory, estimated before it is loaded. */
export interface MemoryNeed {
  /** What to call it in errors. */
  readonly model: string;
  readonly leastBytes: number;
  /** With which it does best. */
  readonly bestBytes: number;
  /** A graphics card's memory will do. */
  readonly mayUseCard?: boolean;
}

/** What there is for all models together. */
export interface MemoryLimit {
  readonly bytes: number;
  /** What changes it, for errors. */
  readonly setting: string;
}

/** A model's share of the memory. */
export interface MemoryShare {
  readonly bytes: number;
  /** In use: it stays. */
  hold(): void;
  /** Not in use: it may be evicted when another needs its room, the one that has rested longest first. */
  rest(evict: () => Promise<void>): void;
  /** Gives it back. May be called more than once. */
  free(): void;
}

/** The memory that all models share. */
export interface Memory {
  /**
   * Waits until there is room, evicting what rests.
   * @throws EngineError `out_of_memory` for what can never fit, `busy` when too many wait already; the signal's reason.
   */
  share(need: MemoryNeed, signal: AbortSignal): Promise<MemoryShare>;
  /** More memory has been found, such as a graphics card's. */
  extend(bytes: number): void;
  limit(): MemoryLimit;
}

/** Models that wait for room at the same time. */
const MAX_WAITING = 64;

export function createMemory(limitBytes: number, setting: string): Memory {
  /** What takes memory; those at rest with the way to evict them, the longest first. */
  const resting = new Map<MemoryShare, () => Promise<void>>();
  const waiting = new Set<() => void>();
  let totalBytes = limitBytes;
  let takenBytes = 0;

  const limit = (): MemoryLimit => ({ bytes: totalBytes, setting });
  const freeBytes = (): number => totalBytes - takenBytes;

  function wake(): void {
    for (const resolve of waiting) resolve();
  }

  function nextChange(signal: AbortSignal): Promise<void> {
    if (waiting.size >= MAX_WAITING) {
      throw new EngineError("busy", say.memoryInUse(MAX_WAITING));
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    return unlessAborted(promise, signal).finally(() => waiting.delete(resolve));
  }

  function take(bytes: number): MemoryShare {
    let isTaken = true;
    takenBytes += bytes;
    const share: MemoryShare = {
      bytes,
      hold: () => void resting.delete(share),
      rest(evict) {
        resting.set(share, evict);
        wake();
      },
      free() {
        if (isTaken) takenBytes -= bytes;
        isTaken = false;
        resting.delete(share);
        wake();
      },
    };
    return share;
  }

  return {
    async share({ model, leastBytes, bestBytes }, signal) {
      requireFit(model, leastBytes, limit());
      while (freeBytes() < leastBytes) {
        const [oldest] = resting;
        if (oldest === undefined) {
          await nextChange(signal);
          continue;
        }
        const [share, evict] = oldest;
        resting.delete(share);
        await evict();
      }
      signal.throwIfAborted();
      return take(Math.max(leastBytes, Math.min(bestBytes, freeBytes())));
    },
    extend(bytes) {
      totalBytes += bytes;
      wake();
    },
    limit,
  };
}

/** @throws EngineError `out_of_memory` for a model that can never be held. */
export function requireFit(model: string, neededBytes: number, { bytes, setting }: MemoryLimit): void {
  if (neededBytes <= bytes) return;
  throw new EngineError("out_of_memory", say.tooLargeForMemory(model, inGb(neededBytes), inGb(bytes), setting));
}

function inGb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB (${Math.round(bytes)} bytes)`;
}
