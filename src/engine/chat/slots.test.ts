import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import { createSlots } from "./slots.ts";
import { never } from "./fixtures/tiny.ts";

const anyFit = (): number => 0;

test("a call takes the idle slot that fits best, and else the one that was used longest ago", async () => {
  const slots = createSlots(["a", "b", "c"], 0);
  assert.equal(await slots.take((slot) => (slot === "b" ? 5 : 1), never), "b");
  slots.give("b");
  assert.deepEqual(
    [await slots.take(anyFit, never), await slots.take(anyFit, never), await slots.take(anyFit, never)],
    ["a", "c", "b"],
  );
});

test("calls wait in the order in which they came", async () => {
  const slots = createSlots(["only"], 2);
  await slots.take(anyFit, never);
  const order: number[] = [];
  const first = slots.take(anyFit, never).then(() => order.push(1));
  const second = slots.take(anyFit, never).then(() => order.push(2));
  slots.give("only");
  await first;
  assert.deepEqual(order, [1]);
  slots.give("only");
  await second;
  assert.deepEqual(order, [1, 2]);
});

test("the queue is bounded", async () => {
  const slots = createSlots(["only"], 1);
  await slots.take(anyFit, never);
  const waiting = slots.take(anyFit, never);
  await assert.rejects(slots.take(anyFit, never), (error) => error instanceof EngineError && error.code === "busy");
  slots.give("only");
  assert.equal(await waiting, "only");
});

test("a call that is given up while it waits leaves its place to the next", async () => {
  const slots = createSlots(["only"], 2);
  await slots.take(anyFit, never);
  const gone = new AbortController();
  const first = slots.take(anyFit, gone.signal);
  const second = slots.take(anyFit, never);
  gone.abort();
  await assert.rejects(first, { name: "AbortError" });
  slots.give("only");
  assert.equal(await second, "only");
});

test("draining waits for the slots that are taken, and lets nobody in", async () => {
  const slots = createSlots(["a", "b"], 1);
  const taken = await slots.take(anyFit, never);
  let drained = false;
  const draining = slots.drain().then(() => (drained = true));
  await assert.rejects(slots.take(anyFit, never), (error) => error instanceof EngineError && error.code === "busy");
  assert.equal(drained, false);
  slots.give(taken);
  await draining;
});
