import assert from "node:assert/strict";
import { test } from "node:test";
import type { AddonContext, ThreadsSplitter } from "./addon.ts";
import { type Batches, createBatches } from "./batches.ts";

/** The batches that were computed, each as the sequences of its steps; `fails` is asked before each. */
function setUp({ fails = () => false, maxSteps = 4 }: { fails?: () => boolean; maxSteps?: number } = {}): {
  batches: Batches;
  addon: AddonContext;
  computed: number[][];
} {
  const computed: number[][] = [];
  const unused = (): never => assert.fail("not part of a batch");
  const addon = {
    initBatch: () => void computed.push([]),
    addToBatch: (sequence: number, _position: number, _tokens: Uint32Array, wanted: Uint32Array) => {
      computed.at(-1)?.push(sequence);
      return wanted;
    },
    decodeBatch: async () => void (fails() && assert.fail("out of luck")),
    setThreads: () => undefined,
    sampleToken: unused,
    disposeSequence: unused,
    removeTokenCellsFromSequence: unused,
    getSequenceKvCacheMinPosition: unused,
    restoreCheckpoint: unused,
    saveSequenceStateToFile: unused,
    loadSequenceStateFromFile: unused,
  };
  const allocation = [1, { dispose: () => undefined }] as const;
  const splitter: ThreadsSplitter = {
    createConsumer: () => ({ getAllocationToConsume: () => allocation, dispose: () => undefined }),
  };
  const batches = createBatches({ addon, splitter, threads: 1, leastThreads: 1, maxTokens: 8, maxSteps });
  return { batches, addon, computed };
}

const step = (sequence: number, tokens: number): Parameters<Batches["read"]>[0] => ({
  sequence,
  position: 0,
  tokens: new Uint32Array(tokens),
});

test("what waits at the same time is computed together, as far as it fits, first come first served", async () => {
  const { batches, computed } = setUp();
  await Promise.all([
    batches.read(step(0, 6)),
    batches.read(step(1, 2)),
    batches.read(step(2, 8)),
    batches.read(step(3, 1)),
  ]);
  assert.deepEqual(computed, [[0, 1], [2], [3]]);
});

test("no more is computed together than may be", async () => {
  const { batches, computed } = setUp({ maxSteps: 1 });
  await Promise.all([batches.read(step(0, 1)), batches.read(step(1, 1)), batches.read(step(2, 1))]);
  assert.deepEqual(computed, [[0], [1], [2]]);
});

test("a choice is made at the place of the last token's logits, and before the next batch takes them away", async () => {
  const { batches, addon, computed } = setUp();
  const chosen = await batches.next(step(0, 3), async (context, place) => {
    assert.equal(context, addon);
    void batches.read(step(1, 1));
    await new Promise(setImmediate);
    assert.deepEqual(computed, [[0]]);
    return place;
  });
  assert.equal(chosen, 2);
});

test("what must not happen while a batch is computed waits for its end", async () => {
  const { batches, computed } = setUp();
  const read = batches.read(step(0, 1));
  assert.equal(await batches.between(() => computed.length), 1);
  await read;
});

test("a batch that fails fails for all in it, and for nobody after it", async () => {
  let isBad = true;
  const { batches } = setUp({ fails: () => isBad });
  const outcomes = await Promise.allSettled([batches.read(step(0, 1)), batches.next(step(1, 1), async () => 1)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  isBad = false;
  await batches.read(step(0, 1));
  await assert.rejects(
    batches.next(step(1, 1), () => Promise.reject(new Error("no choice"))),
    /no choice/,
  );
  await batches.read(step(1, 1));
});
