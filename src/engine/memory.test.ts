import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemory, type MemoryNeed } from "./memory.ts";

const never = new AbortController().signal;

function need(leastBytes: number, bestBytes = leastBytes): MemoryNeed {
  return { model: "owner/model", leastBytes, bestBytes };
}

test("what can never fit is refused with both numbers and the setting", async () => {
  const memory = createMemory(100, "OMNIPORT_MEMORY");
  await assert.rejects(memory.share(need(101), never), {
    code: "out_of_memory",
    message: /owner\/model needs .*\(101 bytes\).*\(100 bytes\).*OMNIPORT_MEMORY/,
  });
  memory.extend(1);
  assert.deepEqual(memory.limit(), { bytes: 101, setting: "OMNIPORT_MEMORY" });
  assert.equal((await memory.share(need(101), never)).bytes, 101);
});

test("more than the least is given where it is free", async () => {
  const memory = createMemory(100, "");
  assert.equal((await memory.share(need(10, 30), never)).bytes, 30);
  assert.equal((await memory.share(need(60, 90), never)).bytes, 70);
});

test("what has rested longest goes first, and only as much as is needed", async () => {
  const memory = createMemory(3, "");
  const evicted: string[] = [];
  for (const name of ["a", "b", "c"]) {
    const share = await memory.share(need(1), never);
    share.rest(async () => {
      evicted.push(name);
      share.free();
    });
  }
  await memory.share(need(2), never);
  assert.deepEqual(evicted, ["a", "b"]);
});

test("what is in use stays; those who need room wait until some is free, or leave", async () => {
  const memory = createMemory(2, "");
  const used = await memory.share(need(2), never);
  const gone = new AbortController();
  const left = memory.share(need(1), gone.signal);
  const waiting = memory.share(need(1), never);
  gone.abort();
  await assert.rejects(left, { name: "AbortError" });
  used.free();
  used.free();
  assert.equal((await waiting).bytes, 1);
  assert.equal((await memory.share(need(1), never)).bytes, 1);
});

test("not more than so many wait", async () => {
  const memory = createMemory(1, "");
  await memory.share(need(1), never);
  const gone = new AbortController();
  const waiting = Array.from({ length: 64 }, () => memory.share(need(1), gone.signal));
  await assert.rejects(memory.share(need(1), never), { code: "busy" });
  gone.abort();
  await Promise.allSettled(waiting);
});
