import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimit } from "./limit.ts";

const patient = new AbortController().signal;
const busy = { status: 503, code: "concurrency_limit", headers: { "retry-after": "1" } };

test("calls over the limit wait, and run in the order in which they came", async () => {
  const limit = createLimit("x", { running: 2, queued: 10, waitMs: 10_000 });
  const [first, second] = [await limit.enter(patient), await limit.enter(patient)];
  const order: number[] = [];
  const waiting = [3, 4].map(async (call) => {
    const leave = await limit.enter(patient);
    order.push(call);
    leave();
  });
  assert.deepEqual(order, []);
  first();
  first(); // once more changes nothing
  second();
  await Promise.all(waiting);
  assert.deepEqual(order, [3, 4]);
});

test("calls beyond the queue are sent away at once, and so are those that would rather not wait", async () => {
  const limit = createLimit("x", { running: 1, queued: 1, waitMs: 10_000 });
  const leave = await limit.enter(patient);
  await assert.rejects(limit.enter(patient, false), busy);
  const waiting = limit.enter(patient);
  await assert.rejects(limit.enter(patient), busy);
  leave();
  (await waiting)();
  (await limit.enter(patient))();
});

test("who has waited too long is sent away, and leaves no gap", async () => {
  const limit = createLimit("x", { running: 1, queued: 1, waitMs: 5 });
  const leave = await limit.enter(patient);
  await assert.rejects(limit.enter(patient), busy);
  leave();
  (await limit.enter(patient))();
});

test("a client that leaves the queue leaves its place to others", async () => {
  const limit = createLimit("x", { running: 1, queued: 1, waitMs: 10_000 });
  const leave = await limit.enter(patient);
  const client = new AbortController();
  const waiting = limit.enter(client.signal);
  client.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  const next = limit.enter(patient);
  leave();
  (await next)();
});
