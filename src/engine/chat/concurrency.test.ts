import assert from "node:assert/strict";
import { test } from "node:test";
import { concurrencyOf, ON_PROCESSOR, smallestRoom } from "./concurrency.ts";

test("a card with memory of its own computes more calls at once than a processor", () => {
  assert.equal(concurrencyOf(0), ON_PROCESSOR);
  const onCard = concurrencyOf(80e9);
  assert.ok(onCard.maxRunning > ON_PROCESSOR.maxRunning);
  assert.equal(onCard.bestCacheBytes, 20e9);
});

test("on a card all calls have room in one group; where memory is short, half of it is left for longer ones", () => {
  const onCard = concurrencyOf(80e9);
  const room = (totalRoom: number): number | undefined => smallestRoom(onCard, { totalRoom, maxRoom: 8192 });
  assert.deepEqual([16 * 8192, 16 * 8191, 16 * 1024].map(room), [8192, 2048, 512]);
});

test("on a processor rooms begin small", () => {
  assert.equal(smallestRoom(ON_PROCESSOR, { totalRoom: 1e6, maxRoom: 8192 }), undefined);
});
