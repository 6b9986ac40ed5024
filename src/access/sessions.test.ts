import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createSessions } from "./sessions.ts";

test("a session lasts until it is closed, and nobody else's id is one", () => {
  const sessions = createSessions();
  const [first, second] = [sessions.open(), sessions.open()];
  assert.notEqual(first, second);
  const made = [`${first}x`, first.slice(0, -2), first.replace(/\.\d+\./, ".9999999999999."), "x", "..", ""];
  assert.deepEqual([sessions.has(first), ...made.map(sessions.has)], [true, ...made.map(() => false)]);
  sessions.close(first);
  assert.deepEqual([sessions.has(first), sessions.has(second)], [false, true]);
});

test("a session ends with its time", () => {
  const sessions = createSessions({ maxAgeMs: 0 });
  assert.equal(sessions.has(sessions.open()), false);
});

test("who has the same secret knows a session, and nobody else", () => {
  const secret = randomBytes(32);
  const id = createSessions({ secret }).open();
  assert.deepEqual([createSessions({ secret }).has(id), createSessions().has(id)], [true, false]);
});

test("ids that were never a session make none that was closed one again", () => {
  const sessions = createSessions();
  const id = sessions.open();
  sessions.close(id);
  for (let i = 0; i < 2_000; i++) sessions.close(`made-up-${i}`);
  assert.equal(sessions.has(id), false);
});
