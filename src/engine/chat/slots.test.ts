import assert from "node:assert/strict";
import { test } from "node:test";
import { never } from "./fixtures/tiny.ts";
import { createSlots, type SlotLimits, type Slots } from "./slots.ts";

/** Holds tokens, and nothing else. */
interface Fake {
  tokens: readonly number[];
}

const limits: SlotLimits = { maxRunning: 4, maxWaiting: 8, maxRoom: 8192, totalRoom: 65_536 };

/** Logs what is made (`+ room x count`, `++` what is long from its beginning) and disposed (`- room x count`). */
function setUp(change: Partial<SlotLimits> = {}): { slots: Slots<Fake>; log: string[]; states: () => number } {
  const log: string[] = [];
  let states = 0;
  const slots = createSlots<Fake, readonly number[]>(
    {
      async create(room, count, isLong) {
        log.push(`${isLong ? "++" : "+"} ${room} x ${count}`);
        const sequences = Array.from({ length: count }, (): Fake => ({ tokens: [] }));
        return { sequences, dispose: async () => void log.push(`- ${room} x ${count}`) };
      },
      held: ({ tokens }) => tokens.length,
      fit: (sequence, tokens) => {
        const different = sequence.tokens.findIndex((token, index) => token !== tokens[index]);
        return different < 0 ? sequence.tokens.length : different;
      },
      async save({ tokens }) {
        states++;
        return tokens;
      },
      async restore(sequence, tokens) {
        sequence.tokens = tokens;
      },
      async forget() {
        states--;
      },
    },
    { ...limits, ...change },
  );
  return { slots, log, states: () => states };
}

/** A conversation of so many tokens; those with the same letter begin alike. */
function conversation(letter: string, length: number): readonly number[] {
  return Array.from({ length }, () => letter.charCodeAt(0));
}

/** A call that leaves its tokens in the slot. */
async function call(slots: Slots<Fake>, tokens: readonly number[]): Promise<Fake> {
  const slot = await slots.take(tokens, never);
  slot.sequence.tokens = tokens;
  slots.give(slot);
  return slot.sequence;
}

test("the room of a slot is a power of two with a place for the next token", () => {
  const rooms = [0, 511, 512, 1023, 5000, 9000].map(setUp().slots.roomAfter);
  assert.deepEqual(rooms, [512, 512, 1024, 1024, 8192, 8192]);
  assert.equal(setUp({ maxRoom: 25 }).slots.roomAfter(10), 25);
});

test("the room of a slot goes up to the border before it goes beyond", () => {
  const { roomAfter } = setUp({ borderRoom: 4097 }).slots;
  assert.deepEqual([2047, 2048, 4096, 4097].map(roomAfter), [2048, 4096, 4097, 8192]);
  assert.equal(setUp({ borderRoom: 65 }).slots.roomAfter(10), 65);
});

test("in one group a call alone gets one of the sequences for all, of the smallest room that is asked for", async () => {
  const { slots, log } = setUp({ maxRunning: 16, smallestRoom: 4096, isOneGroup: true });
  const first = await slots.take(conversation("a", 10), never);
  const second = await slots.take(conversation("b", 4000), never);
  assert.deepEqual([first.groupSize, second.groupSize, log], [16, 16, ["+ 4096 x 16"]]);
});

test("nothing is taken across the border: neither a slot nor what it holds", async () => {
  const { slots, log, states } = setUp({ borderRoom: 1001 });
  const short = await call(slots, conversation("a", 900));
  const slot = await slots.take(conversation("a", 950), never);
  assert.equal(slot.sequence, short);
  const long = await slots.grow(slot, conversation("a", 1001), never);
  assert.deepEqual([long.room, long.sequence.tokens.length, states()], [1024, 0, 0]);
  long.sequence.tokens = conversation("a", 1001);
  slots.give(long);
  const another = await slots.take(conversation("a", 100), never);
  assert.notEqual(another.sequence, long.sequence);
  assert.deepEqual(log, ["+ 1001 x 1", "- 1001 x 1", "+ 1024 x 1", "+ 512 x 1"]);
});

test("calls one after the other share one small sequence", async () => {
  const { slots, log } = setUp();
  for (const letter of ["a", "b", "a"]) await call(slots, conversation(letter, 300));
  assert.deepEqual(log, ["+ 512 x 1"]);
  assert.equal(slots.madeRoom(), 512);
});

test("calls beside another share a group, and there are no more than are allowed", async () => {
  const { slots, log } = setUp();
  const taken = await Promise.all([1, 2, 3, 4].map(() => slots.take([1], never)));
  assert.deepEqual(log, ["+ 512 x 1", "+ 512 x 4"]);
  let isIn = false;
  const fifth = slots.take([1], never).then(() => (isIn = true));
  await Promise.allSettled([slots.take([1], AbortSignal.abort())]);
  assert.equal(isIn, false);
  taken.slice(0, 1).forEach(slots.give);
  await fifth;
});

test("a conversation that outgrows its slot takes along what the slot holds, and leaves nothing behind", async () => {
  const { slots, log, states } = setUp();
  const small = await call(slots, conversation("a", 500));
  const slot = await slots.take(conversation("a", 900), never);
  assert.notEqual(slot.sequence, small);
  assert.equal(slot.sequence.tokens.length, 500);
  assert.deepEqual(log, ["+ 512 x 1", "- 512 x 1", "+ 1024 x 1"]);
  assert.equal(states(), 0);
});

test("an answer grows out of its slot, too", async () => {
  const { slots, log, states } = setUp();
  const slot = await slots.take(conversation("a", 10), never);
  slot.sequence.tokens = conversation("a", 511);
  const larger = await slots.grow(slot, conversation("a", 512), never);
  assert.equal(larger.room, 1024);
  assert.equal(larger.sequence.tokens.length, 511);
  assert.deepEqual(log, ["+ 512 x 1", "- 512 x 1", "+ 1024 x 1"]);
  assert.equal(states(), 0);
});

test("a call that is long gets a slot for such, and a conversation goes on as it began", async () => {
  const { slots, log } = setUp({ longRoom: 4096 });
  await call(slots, conversation("a", 1500));
  await call(slots, conversation("b", 3000));
  const grown = await slots.take(conversation("a", 3000), never);
  assert.deepEqual([grown.isLong, grown.sequence.tokens.length], [false, 1500]);
  slots.give(grown);
  const longer = await slots.take(conversation("b", 5000), never);
  assert.deepEqual([longer.isLong, longer.sequence.tokens.length], [true, 3000]);
  const made = log.filter((line) => line.startsWith("+"));
  assert.deepEqual(made, ["+ 2048 x 1", "++ 4096 x 1", "+ 4096 x 1", "++ 8192 x 1"]);
});

test("where there is no room to go on as it began, a conversation is read anew", async () => {
  const { slots, states } = setUp({ longRoom: 4096, maxRoom: 4096, totalRoom: 4608 });
  const long = await call(slots, conversation("b", 3000));
  const short = await slots.take(conversation("a", 500), never);
  const grown = await slots.grow(short, conversation("a", 3000), never);
  assert.deepEqual([grown.sequence === long, long.tokens.length, states()], [true, 3000, 0]);
});

test("a long conversation is kept beside another one while there is room, a short one is overwritten", async () => {
  const { slots, log } = setUp();
  const long = await call(slots, conversation("a", 1500));
  const other = await call(slots, conversation("b", 1500));
  assert.notEqual(long, other);
  assert.equal(await call(slots, conversation("a", 1600)), long);
  assert.equal(await call(slots, conversation("b", 1600)), other);
  assert.deepEqual(log, ["+ 2048 x 1", "+ 2048 x 1"]);
});

test("where the room is short, idle sequences go, and calls wait for those that are busy, in their order", async () => {
  const { slots, log } = setUp({ totalRoom: 8192 });
  await call(slots, conversation("a", 4000));
  const large = await slots.take(conversation("b", 8000), never);
  assert.deepEqual(log, ["+ 4096 x 1", "- 4096 x 1", "+ 8192 x 1"]);
  const order: string[] = [];
  const second = slots.take(conversation("c", 5000), never).then(() => order.push("c"));
  const third = slots.take([1], never).then(() => order.push("d"));
  slots.give(large);
  await second;
  assert.deepEqual(order, ["c"]);
  slots.give(large);
  await third;
});

test("the queue is bounded", async () => {
  const { slots } = setUp({ maxRunning: 1, maxWaiting: 1 });
  const slot = await slots.take([1], never);
  const waiting = slots.take([1], never);
  await assert.rejects(slots.take([1], never), { code: "busy" });
  slots.give(slot);
  assert.equal(await waiting, slot);
});

test("a call that is given up while it waits leaves its place to the next", async () => {
  const { slots } = setUp({ maxRunning: 1 });
  const slot = await slots.take([1], never);
  const gone = new AbortController();
  const first = slots.take([1], gone.signal);
  const second = slots.take([1], never);
  gone.abort();
  await assert.rejects(first, { name: "AbortError" });
  slots.give(slot);
  assert.equal(await second, slot);
});

test("a call that is given up while its slot is made leaves the slot to the next", async () => {
  const { slots, log } = setUp();
  const gone = new AbortController();
  const first = slots.take([1], gone.signal);
  gone.abort();
  await assert.rejects(first, { name: "AbortError" });
  await call(slots, [1]);
  assert.deepEqual(log, ["+ 512 x 1"]);
});

test("draining waits for the slots that are taken, disposes them, and lets nobody in", async () => {
  const { slots, log } = setUp();
  const slot = await slots.take([1], never);
  const draining = slots.drain().then(() => log.push("drained"));
  await assert.rejects(slots.take([1], never), { code: "busy" });
  assert.deepEqual(log, ["+ 512 x 1"]);
  slots.give(slot);
  await draining;
  assert.deepEqual(log, ["+ 512 x 1", "- 512 x 1", "drained"]);
});

test("what a sequence takes beside its room leaves space for fewer of them", async () => {
  const { slots, log } = setUp({ maxRoom: 1024, totalRoom: 8192, roomBeside: 1536 });
  const [first, second] = await Promise.all(["a", "b"].map((letter) => slots.take(conversation(letter, 100), never)));
  assert.deepEqual(log, ["+ 512 x 1", "+ 512 x 3"]);
  assert.equal(slots.madeRoom(), 8192);
  for (const slot of [first, second]) if (slot) slots.give(slot);
});
