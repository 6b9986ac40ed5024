import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "./turns.ts";

const queue = { queued: 2, waitMs: 60_000 };
const turn = (ticket: number) => ({ ticket, of: "openai", running: 1, client: "c", mayWait: true });

test("workers take turns at one limit, whichever of them has the places", async () => {
  const turns = createTurns(queue);
  const [first, second] = [turns.forWorker(), turns.forWorker()];
  await first.take(turn(0));
  const waiting = second.take(turn(0));
  assert.deepEqual(turns.report(), [{ of: "openai", limit: 1, running: 1, queued: 1 }]);
  first.leave(0);
  await waiting;
  second.leave(0);
  second.leave(0);
  assert.deepEqual(turns.report(), [{ of: "openai", limit: 1, running: 0, queued: 0 }]);
});

test("who leaves while it waits, or while it is let in, takes no place", async () => {
  const turns = createTurns(queue);
  const worker = turns.forWorker();
  const letIn = worker.take(turn(0));
  worker.leave(0);
  await letIn;
  await worker.take(turn(1));
  const waiting = worker.take(turn(2));
  worker.leave(2);
  await assert.rejects(waiting, { name: "AbortError" });
  worker.leave(1);
  assert.deepEqual(turns.report(), [{ of: "openai", limit: 1, running: 0, queued: 0 }]);
});

test("what a worker has taken and waits for is free when it ends", async () => {
  const turns = createTurns(queue);
  const [dead, alive] = [turns.forWorker(), turns.forWorker()];
  await dead.take(turn(0));
  const waiting = dead.take(turn(1)).catch(() => undefined); // nobody hears how that goes
  dead.leaveAll();
  await waiting;
  await alive.take(turn(0));
  assert.deepEqual(turns.report(), [{ of: "openai", limit: 1, running: 1, queued: 0 }]);
});

test("who finds the queue full is told so", async () => {
  const turns = createTurns({ queued: 0, waitMs: 60_000 });
  const worker = turns.forWorker();
  await worker.take(turn(0));
  await assert.rejects(worker.take(turn(1)), { status: 503, code: "concurrency_limit" });
});
