import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurns } from "./turns.ts";

const NEVER = new AbortController().signal;

test("work runs one at a time in the order asked for, also after a failure", async () => {
  const turns = createTurns();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => turns.take(work(name), NEVER)));
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("a signal ends the wait at once, and work that had not begun never does", async () => {
  const turns = createTurns();
  const first = Promise.withResolvers<string>();
  const controller = new AbortController();
  let begun = false;
  const running = turns.take(() => first.promise, controller.signal);
  const waiting = turns.take(async () => (begun = true), controller.signal);
  controller.abort(new Error("gone"));
  await assert.rejects(running, /gone/);
  await assert.rejects(waiting, /gone/);
  first.resolve("late");
  await turns.idle();
  assert.equal(begun, false);
  assert.equal(await turns.take(async () => "next", NEVER), "next");
});

test("idle waits for work whose caller is gone", async () => {
  const turns = createTurns();
  const work = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const controller = new AbortController();
  const abandoned = turns.take(() => {
    begun.resolve();
    return work.promise;
  }, controller.signal);
  await begun.promise;
  controller.abort();
  await assert.rejects(abandoned);
  let isIdle = false;
  const idle = turns.idle().then(() => (isIdle = true));
  await Promise.resolve();
  assert.equal(isIdle, false);
  work.resolve();
  assert.equal(await idle, true);
});
