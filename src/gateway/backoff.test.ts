import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs, wait } from "./backoff.ts";

test("the bound of a wait doubles, up to eight seconds, and any wait below it is possible", () => {
  assert.deepEqual(
    [1, 2, 3, 6, 50].map((tries) => backoffMs(tries, 1)),
    [250, 500, 1_000, 8_000, 8_000],
  );
  assert.equal(backoffMs(3, 0), 0);
});

test("a client that leaves ends the wait at once", async () => {
  const client = new AbortController();
  const startedAt = performance.now();
  const waiting = wait(60_000, client.signal);
  client.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  await assert.rejects(wait(60_000, client.signal), /gone/);
  assert.ok(performance.now() - startedAt < 100);
});
