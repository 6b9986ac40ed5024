import assert from "node:assert/strict";
import { test } from "node:test";
import { createSessions } from "./sessions.ts";

test("a session lasts until it is closed, and nobody else's id is one", () => {
  const sessions = createSessions();
  const [first, second] = [sessions.open(), sessions.open()];
  assert.notEqual(first, second);
  assert.deepEqual([sessions.has(first), sessions.has("x"), sessions.has("")], [true, false, false]);
  sessions.close(first);
  assert.deepEqual([sessions.has(first), sessions.has(second)], [false, true]);
});

test("of too many sessions the one that was used least lately goes", () => {
  const sessions = createSessions();
  const first = sessions.open();
  const second = sessions.open();
  for (let i = 0; i < 998; i++) sessions.open();
  assert.ok(sessions.has(first));
  sessions.open();
  assert.deepEqual([sessions.has(first), sessions.has(second)], [true, false]);
});
