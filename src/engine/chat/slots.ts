import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { unlessAborted } from "../unless-aborted.ts";

/** A place where one call is computed: a sequence of a group, with room for so many tokens. */
export interface Slot<Sequence> {
  readonly sequence: Sequence;
  readonly room: number;
  /** How many sequences its group has. */
  readonly groupSize: number;
  /** Whether it was made for a call that is long from its beginning, or goes on with what such a one held. */
  readonly isLong: boolean;
}

/** Sequences whose tokens are computed together, each with the same room. */
export interface SequenceGroup<Sequence> {
  readonly sequences: readonly Sequence[];
  dispose(): Promise<void>;
}

/** What the slots do with sequences; `State` is what one holds, taken out of it. */
export interface Sequences<Sequence, State> {
  /**
   * @param isLong whether they are for calls that are long from their beginning.
   * @throws EngineError `out_of_memory`
   */
  create(room: number, count: number, isLong: boolean): Promise<SequenceGroup<Sequence>>;
  /** How many tokens it holds of earlier calls. */
  held(sequence: Sequence): number;
  /** How many of the tokens, from the first, need not be computed again in it. */
  fit(sequence: Sequence, tokens: readonly number[]): number;
  save(sequence: Sequence): Promise<State>;
  /** Into a sequence of another room, but of a group of the same size, and as long from its beginning. */
  restore(sequence: Sequence, state: State): Promise<void>;
  forget(state: State): Promise<void>;
}

export interface SlotLimits {
  /** Calls that are computed side by side. */
  readonly maxRunning: number;
  readonly maxWaiting: number;
  /** The room of the longest call. */
  readonly maxRoom: number;
  /** Of all sequences together, at least `maxRoom`: it bounds their memory. */
  readonly totalRoom: number;
  /** What a sequence takes of it beside its room, as if it was so much longer. */
  readonly roomBeside?: number;
  /** The room of the shortest call, a power of two. Without it, little. */
  readonly smallestRoom?: number | undefined;
  /** Whether also a call alone gets a sequence of a group for all. */
  readonly isOneGroup?: boolean;
  /**
   * Sequences of up to this room compute a token otherwise than larger ones: nothing that one of them holds is of use to
   * one of the others. Without it, all are alike.
   */
  readonly borderRoom?: number;
  /** What is made of this room for a new call is long. Without it, nothing is. */
  readonly longRoom?: number | undefined;
}

/**
 * Slots that are made as they are needed: one call alone gets a sequence of its own, calls beside it share a group, and
 * what outgrows its slot moves into one of twice the room. So a model that answers short calls takes little memory.
 */
export interface Slots<Sequence> {
  /**
   * A slot for so many tokens and some more, which holds of them what can be had; waits, first come first served, while
   * there is none.
   * @throws EngineError `busy` when too many calls wait already; the signal's reason when it fires before.
   */
  take(tokens: readonly number[], signal: AbortSignal): Promise<Slot<Sequence>>;
  /** Gives the slot back for one that has room for so many tokens and more, and holds what it held, if that is of use. */
  grow(slot: Slot<Sequence>, tokens: readonly number[], signal: AbortSignal): Promise<Slot<Sequence>>;
  give(slot: Slot<Sequence>): void;
  /** The room of the slot in which the token after so many is computed; the last place of a sequence stays free. */
  roomAfter(tokens: number): number;
  /** The room of all sequences that there are now. */
  madeRoom(): number;
  /** Lets nobody in any more, and resolves when all slots have been given back and disposed. */
  drain(): Promise<void>;
}

const SMALLEST_ROOM = 512;
/** So many tokens in a sequence are rather kept beside a new sequence than overwritten. */
const WORTH_KEEPING = 1024;
/** So many more tokens in another sequence are worth moving. */
const WORTH_MOVING = 32;

interface Group<Sequence> {
  readonly slots: readonly Slot<Sequence>[];
  readonly room: number;
  dispose(): Promise<void>;
}

/** A slot that is too small, and what it held. */
interface Outgrown<Sequence, State> {
  readonly slot: Slot<Sequence>;
  readonly state: State;
}

interface Call<Sequence, State> {
  readonly tokens: readonly number[];
  readonly outgrown?: Outgrown<Sequence, State>;
  readonly slot: PromiseWithResolvers<Slot<Sequence>>;
}

export function createSlots<Sequence, State>(
  sequences: Sequences<Sequence, State>,
  {
    maxRunning,
    maxWaiting,
    maxRoom,
    totalRoom,
    roomBeside = 0,
    isOneGroup = false,
    borderRoom = Infinity,
    longRoom = Infinity,
    ...limits
  }: SlotLimits,
): Slots<Sequence> {
  const smallestRoom = Math.max(SMALLEST_ROOM, limits.smallestRoom ?? 0);
  const groups = new Set<Group<Sequence>>();
  /** Least recently used first. */
  const idle = new Set<Slot<Sequence>>();
  const waiting = new Set<Call<Sequence, State>>();
  let running = 0;
  let closing: PromiseWithResolvers<void> | undefined;
  let serving: Promise<void> = Promise.resolve();

  async function enter(
    tokens: readonly number[],
    signal: AbortSignal,
    outgrown?: Outgrown<Sequence, State>,
  ): Promise<Slot<Sequence>> {
    const call = { tokens, slot: Promise.withResolvers<Slot<Sequence>>(), ...(outgrown && { outgrown }) };
    waiting.add(call);
    serve();
    try {
      return await unlessAborted(call.slot.promise, signal);
    } catch (error) {
      // Whoever leaves may have been given a slot already.
      if (!waiting.delete(call)) call.slot.promise.then(give, () => undefined);
      throw error;
    }
  }

  /** One call after the other: each changes what there is for the next. */
  function serve(): void {
    serving = serving.then(serveAll);
  }

  async function serveAll(): Promise<void> {
    for (const call of waiting) if (running >= maxRunning || !(await serveOne(call))) return;
    if (closing && running === 0) await disposeAll(closing);
  }

  /** @returns whether the next one may be served, too. */
  async function serveOne(call: Call<Sequence, State>): Promise<boolean> {
    try {
      const slot = await place(call);
      if (slot === undefined) return false;
      if (!waiting.delete(call)) return true; // It has left meanwhile.
      idle.delete(slot);
      running++;
      call.slot.resolve(slot);
    } catch (error) {
      waiting.delete(call);
      call.slot.reject(error);
    }
    return true;
  }

  /** An idle slot, or a new one; undefined where there is no room before another call ends. */
  async function place({ tokens, outgrown: own }: Call<Sequence, State>): Promise<Slot<Sequence> | undefined> {
    const room = roomAfter(tokens.length);
    const best = fittest((slot) => slot.room >= room && isAlike(slot.room, room), tokens);
    const outgrown = own ?? (await outgrownBy(tokens, room, best));
    const goesOn = outgrown === undefined || outgrown.slot.isLong === best?.isLong;
    const isFine = best !== undefined && !isMissed(best, tokens) && goesOn;
    const made = isFine ? undefined : await makeGroup(room, outgrown, best !== undefined);
    const slot = made?.slots[0] ?? best;
    if (slot === undefined || outgrown === undefined) return slot;
    if (canTakeOver(slot, outgrown.slot)) await sequences.restore(slot.sequence, outgrown.state);
    if (!own) await sequences.forget(outgrown.state);
    return slot;
  }

  function roomAfter(tokens: number): number {
    const room = Math.max(smallestRoom, 2 ** Math.ceil(Math.log2(tokens + 1)));
    return Math.min(maxRoom, tokens < borderRoom ? Math.min(room, borderRoom) : room);
  }

  function isAlike(room: number, other: number): boolean {
    return room <= borderRoom === other <= borderRoom;
  }

  function fittest(isWanted: (slot: Slot<Sequence>) => boolean, tokens: readonly number[]): Slot<Sequence> | undefined {
    const fit = (slot: Slot<Sequence>): number => sequences.fit(slot.sequence, tokens);
    const missed = (slot: Slot<Sequence>): number => Number(isMissed(slot, tokens));
    const order = (one: Slot<Sequence>, other: Slot<Sequence>): number =>
      fit(other) - fit(one) || missed(one) - missed(other);
    return [...idle].filter(isWanted).toSorted(order)[0];
  }

  /** Whether it holds much that would be overwritten. */
  function isMissed({ sequence }: Slot<Sequence>, tokens: readonly number[]): boolean {
    return sequences.held(sequence) - sequences.fit(sequence, tokens) >= WORTH_KEEPING;
  }

  /** The idle slot that is too small for the tokens but holds more of them than the best one. */
  async function outgrownBy(
    tokens: readonly number[],
    room: number,
    best: Slot<Sequence> | undefined,
  ): Promise<Outgrown<Sequence, State> | undefined> {
    const slot = fittest((other) => other.room < room && isAlike(other.room, room), tokens);
    const fit = best === undefined ? 0 : sequences.fit(best.sequence, tokens);
    if (slot === undefined || sequences.fit(slot.sequence, tokens) < fit + WORTH_MOVING) return undefined;
    return { slot, state: await sequences.save(slot.sequence) };
  }

  /** @param isOptional whether no other group is to be given up for it. */
  async function makeGroup(
    room: number,
    outgrown: Outgrown<Sequence, State> | undefined,
    isOptional: boolean,
  ): Promise<Group<Sequence> | undefined> {
    for (const group of idleGroups()) if (isSpent(group, room, outgrown)) await dispose(group);
    const wanted = outgrown?.slot.groupSize ?? (running === 0 && !isOneGroup ? 1 : maxRunning);
    const count = Math.max(1, Math.min(wanted, Math.floor(totalRoom / taken(room))));
    for (const group of isOptional ? [] : idleGroups()) if (freeRoom() < taken(room) * count) await dispose(group);
    const fitting = Math.min(count, Math.floor(freeRoom() / taken(room)));
    const isLong = outgrown?.slot.isLong ?? room >= longRoom;
    return fitting < 1 ? undefined : add(await sequences.create(room, fitting, isLong), room, isLong);
  }

  function add({ sequences: made, dispose }: SequenceGroup<Sequence>, room: number, isLong: boolean): Group<Sequence> {
    const slots = made.map((sequence) => ({ sequence, room, groupSize: made.length, isLong }));
    const group = { slots, room, dispose };
    groups.add(group);
    for (const slot of slots) idle.add(slot);
    return group;
  }

  function idleGroups(): readonly Group<Sequence>[] {
    return [...groups].filter(({ slots }) => slots.every((slot) => idle.has(slot)));
  }

  /** Whether it is smaller than what is needed, and holds nothing that is worth its memory. */
  function isSpent(group: Group<Sequence>, room: number, outgrown: Outgrown<Sequence, State> | undefined): boolean {
    const isCheap = (slot: Slot<Sequence>): boolean =>
      slot === outgrown?.slot || sequences.held(slot.sequence) < WORTH_KEEPING;
    return group.room < room && group.slots.every(isCheap);
  }

  async function dispose(group: Group<Sequence>): Promise<void> {
    groups.delete(group);
    for (const slot of group.slots) idle.delete(slot);
    await group.dispose();
  }

  async function disposeAll({ resolve, reject }: PromiseWithResolvers<void>): Promise<void> {
    await Promise.all([...groups].map(dispose)).then(() => resolve(), reject);
  }

  function madeRoom(): number {
    return [...groups].reduce((sum, { room, slots }) => sum + taken(room) * slots.length, 0);
  }

  function taken(room: number): number {
    return room + roomBeside;
  }

  function freeRoom(): number {
    return totalRoom - madeRoom();
  }

  function give(slot: Slot<Sequence>): void {
    running--;
    idle.add(slot);
    serve();
  }

  return {
    async take(tokens, signal) {
      signal.throwIfAborted();
      if (closing) throw new EngineError("busy", say.unloading);
      if (waiting.size >= maxWaiting + Math.max(0, maxRunning - running)) {
        throw new EngineError("busy", say.manyWait(waiting.size));
      }
      return enter(tokens, signal);
    },
    async grow(slot, tokens, signal) {
      if (!isAlike(slot.room, roomAfter(tokens.length))) {
        give(slot);
        return enter(tokens, signal);
      }
      const state = await sequences.save(slot.sequence);
      give(slot);
      try {
        return await enter(tokens, signal, { slot, state });
      } finally {
        await sequences.forget(state);
      }
    },
    give,
    roomAfter,
    madeRoom,
    async drain() {
      closing ??= Promise.withResolvers<void>();
      serve();
      await closing.promise;
    },
  };
}

/** Whether what one holds can be put into the other. */
function canTakeOver<Sequence>(slot: Slot<Sequence>, other: Slot<Sequence>): boolean {
  return slot.groupSize === other.groupSize && slot.isLong === other.isLong;
}
