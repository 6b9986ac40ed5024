import assert from "node:assert/strict";
import { test } from "node:test";
import { bothOf, createLimit, type Limit, NO_LIMIT } from "./limit.ts";

const patient = new AbortController().signal;
const busy = { status: 503, code: "concurrency_limit", headers: { "retry-after": "1" } };
const someone = { client: "a" };

test("calls over the limit wait, and those of one client run in the order in which they came", async () => {
  const limit = createLimit("x", { running: 2, queued: 10, waitMs: 10_000 });
  const [first, second] = [await limit.enter(patient, someone), await limit.enter(patient, someone)];
  const order: number[] = [];
  const waiting = [3, 4].map(async (call) => {
    const leave = await limit.enter(patient, someone);
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
  const leave = await limit.enter(patient, someone);
  await assert.rejects(limit.enter(patient, { ...someone, mayWait: false }), busy);
  const waiting = limit.enter(patient, someone);
  await assert.rejects(limit.enter(patient, someone), busy);
  leave();
  (await waiting)();
  (await limit.enter(patient, someone))();
});

test("who has waited too long is sent away, and leaves no gap", async () => {
  const limit = createLimit("x", { running: 1, queued: 1, waitMs: 5 });
  const leave = await limit.enter(patient, someone);
  await assert.rejects(limit.enter(patient, someone), busy);
  leave();
  (await limit.enter(patient, someone))();
});

test("a client that leaves the queue leaves its place to others", async () => {
  const limit = createLimit("x", { running: 1, queued: 1, waitMs: 10_000 });
  const leave = await limit.enter(patient, someone);
  const client = new AbortController();
  const waiting = limit.enter(client.signal, someone);
  client.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  const next = limit.enter(patient, someone);
  leave();
  (await next)();
});

/** Lets these calls, by their clients' names, wait for one place; says in which order they had it, or were sent away. */
async function served(limit: Limit, calls: string): Promise<{ readonly ran: string; readonly refused: string }> {
  const leave = await limit.enter(patient, { client: "first" });
  const [ran, refused]: [string[], string[]] = [[], []];
  const all = calls.split("").map(async (client) => {
    try {
      const done = await limit.enter(patient, { client });
      ran.push(client);
      done();
    } catch {
      refused.push(client);
    }
  });
  leave();
  await Promise.all(all);
  return { ran: ran.join(""), refused: refused.join("") };
}

test("clients take turns, however many calls each of them has", async () => {
  const limit = createLimit("x", { running: 1, queued: 10, waitMs: 10_000 });
  assert.deepEqual(await served(limit, "aaaabbc"), { ran: "abcabaa", refused: "" });
});

test("a client that fills the queue makes room for one with fewer calls", async () => {
  const limit = createLimit("x", { running: 1, queued: 4, waitMs: 10_000 });
  assert.deepEqual(await served(limit, "aaaaabbb"), { ran: "abab", refused: "aaab" });
});

test("of two limits both have to have room, and a refusal of the second leaves the first as it was", async () => {
  const settings = { queued: 0, waitMs: 10_000 };
  const [wide, narrow] = [
    createLimit("wide", { running: 2, ...settings }),
    createLimit("narrow", { running: 1, ...settings }),
  ];
  const both = bothOf(wide, narrow);
  const leave = await both.enter(patient, someone);
  await assert.rejects(both.enter(patient, someone), /narrow takes no more/);
  const other = await wide.enter(patient, someone);
  await assert.rejects(both.enter(patient, someone), /wide takes no more/);
  other();
  leave();
  (await both.enter(patient, someone))();
  assert.equal(bothOf(NO_LIMIT, narrow), narrow);
  assert.equal(bothOf(narrow, NO_LIMIT), narrow);
});
