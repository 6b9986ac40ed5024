import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { createStopwatch } from "./stopwatch.ts";

test("waits at the same time count once, and what lies between them does not count", async () => {
  const stopwatch = createStopwatch();
  const startedAt = performance.now();
  await Promise.all([stopwatch.wait(setTimeout(40)), stopwatch.wait(setTimeout(40))]);
  const waitedMs = stopwatch.ms();
  assert.ok(waitedMs > 30 && waitedMs <= performance.now() - startedAt, `${waitedMs}`);
  await setTimeout(5);
  assert.equal(stopwatch.ms(), waitedMs);
});

test("the wait for each value counts until the stopwatch is stopped; a failure ends a wait", async () => {
  const stopwatch = createStopwatch();
  async function* values(): AsyncGenerator<number> {
    await setTimeout(20);
    yield 1;
    await setTimeout(20);
    yield 2;
    throw new Error("broken");
  }
  const reading = stopwatch.reads(values())[Symbol.asyncIterator]();
  assert.deepEqual(await reading.next(), { done: false, value: 1 });
  const afterFirst = stopwatch.ms();
  assert.ok(afterFirst > 15);
  stopwatch.stop();
  await reading.next();
  assert.equal(stopwatch.ms(), afterFirst);
  await assert.rejects(reading.next(), /broken/);
  await assert.rejects(stopwatch.wait(Promise.reject(new Error("no"))), /no/);
  const ended = stopwatch.ms();
  await setTimeout(5);
  assert.equal(stopwatch.ms(), ended);
});

test("who leaves the iteration leaves the source", async () => {
  let isLeft = false;
  async function* values(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      isLeft = true;
    }
  }
  for await (const value of createStopwatch().reads(values())) if (value === 2) break;
  assert.equal(isLeft, true);
});
