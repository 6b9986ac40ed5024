import assert from "node:assert/strict";
import { test } from "node:test";
import { withCard } from "./card-memory.ts";
import { createMemory, type Memory, type MemoryNeed } from "./memory.ts";

const never = new AbortController().signal;

function need(leastBytes: number, mayUseCard = true): MemoryNeed {
  return { model: "owner/model", leastBytes, bestBytes: leastBytes, mayUseCard };
}

function setUp(processorBytes: number, cardBytes: number): Pick<Memory, "share" | "limit"> {
  return withCard(createMemory(processorBytes, "OMNIPORT_MEMORY"), createMemory(cardBytes, "the graphics card"));
}

test("a model that fits on the card leaves the processor's memory alone, and one that the card cannot compute the card's", async () => {
  const memory = setUp(10, 20);
  await memory.share(need(20), never);
  await memory.share(need(10, false), never);
  await assert.rejects(memory.share(need(11, false), never), {
    code: "out_of_memory",
    message: /\(11 bytes\).*\(10 bytes\) are for models \(OMNIPORT_MEMORY\)/,
  });
});

test("a model that is larger than the card takes all of it, and of the processor's memory the rest", async () => {
  const memory = setUp(10, 20);
  const share = await memory.share(need(26), never);
  assert.equal(share.bytes, 26);
  await memory.share(need(4, false), never);
  const waiting = memory.share(need(1), never);
  share.free();
  assert.equal((await waiting).bytes, 1);
});

test("a model that is larger than the card drives nobody from there for whom the processor has memory", async () => {
  const memory = setUp(30, 20);
  await memory.share(need(15), never);
  await memory.share(need(25), never);
  await memory.share(need(10, false), never);
});

test("what is larger than both together is refused with both", async () => {
  const memory = setUp(10, 20);
  assert.deepEqual(memory.limit(), { bytes: 30, setting: "OMNIPORT_MEMORY and the graphics card" });
  await assert.rejects(memory.share(need(31), never), { code: "out_of_memory", message: /\(31 bytes\).*\(30 bytes\)/ });
});

test("a model in both memories rests, is held and goes in both", async () => {
  const memory = setUp(10, 20);
  const large = await memory.share(need(26), never);
  const evicted: string[] = [];
  const evict = async (): Promise<void> => {
    evicted.push("large");
    large.free();
  };
  large.rest(evict);
  large.hold();
  const gone = new AbortController();
  const waiting = memory.share(need(5, false), gone.signal);
  gone.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  large.rest(evict);
  await memory.share(need(5, false), never);
  await memory.share(need(20), never);
  assert.deepEqual(evicted, ["large"]);
});

test("who leaves while it waits for the second memory gives the first back", async () => {
  const memory = setUp(10, 20);
  await memory.share(need(10, false), never);
  const gone = new AbortController();
  const waiting = memory.share(need(25), gone.signal);
  gone.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  assert.equal((await memory.share(need(20), never)).bytes, 20);
});

test("without a card all is the processor's", async () => {
  const memory = setUp(10, 0);
  assert.deepEqual(memory.limit(), { bytes: 10, setting: "OMNIPORT_MEMORY" });
  assert.equal((await memory.share(need(10), never)).bytes, 10);
});
