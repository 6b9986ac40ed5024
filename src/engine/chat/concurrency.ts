/** How a chat model's calls are computed side by side. */
export interface Concurrency {
  /** Calls that are computed at the same time. */
  readonly maxRunning: number;
  /** Of a larger key-value cache, a model that has to share the memory makes no use. */
  readonly bestCacheBytes: number;
  /** What llama.cpp computes a step in, its vocabulary, and ours. */
  readonly workBytes: number;
  /** Whether what the tokens of a step think of all before them is kept, too. */
  readonly keepsScores: boolean;
  /**
   * Whether all calls share one group of sequences, however few they are: one step then reads the weights once for all of
   * them. Else a call alone gets a small group of its own, and takes little memory.
   */
  readonly isOneGroup: boolean;
}

const MIB = 2 ** 20;

export const ON_PROCESSOR: Concurrency = {
  maxRunning: 4,
  bestCacheBytes: 2 ** 30,
  workBytes: 128 * MIB,
  keepsScores: true,
  isOneGroup: false,
};

/** A step of a graphics card takes about as long for many tokens as for one: it waits for its memory, not for its units. */
const RUNNING_ON_CARD = 16;
/** Of a graphics card's free memory, a model's key-value cache takes at most this. */
const CACHE_SHARE = 0.25;
/** On a card the logits of a step's 512 tokens have their room from the start: half a GiB with the largest vocabularies. */
const WORK_BYTES_ON_CARD = 640 * MIB;

/** @param vramBytes free memory of graphics cards; 0 where the processor computes, or shares its memory with them. */
export function concurrencyOf(vramBytes: number): Concurrency {
  if (vramBytes === 0) return ON_PROCESSOR;
  const bestCacheBytes = vramBytes * CACHE_SHARE;
  const workBytes = WORK_BYTES_ON_CARD;
  return { maxRunning: RUNNING_ON_CARD, bestCacheBytes, workBytes, keepsScores: false, isOneGroup: true };
}

/**
 * The room of the smallest sequence: for one group, as much as each of its sequences can have, so that no call outgrows it;
 * where that is less than the longest call needs, half, so that a longer call finds room beside the group.
 */
export function smallestRoom(
  { maxRunning, isOneGroup }: Concurrency,
  { totalRoom, maxRoom }: { readonly totalRoom: number; readonly maxRoom: number },
): number | undefined {
  if (!isOneGroup) return undefined;
  const room = totalRoom / maxRunning;
  return room >= maxRoom ? maxRoom : 2 ** Math.floor(Math.log2(room / 2));
}
