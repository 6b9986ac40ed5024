import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAlive } from "./keep-alive.ts";

test("keep_alive is seconds or a time with units, as Ollama has it; anything else is a 400 that names it", () => {
  assert.deepEqual(keepAlive({}), {});
  assert.deepEqual(keepAlive({ keep_alive: null }), {});
  assert.deepEqual(keepAlive({ keep_alive: 0 }), { keepAliveMs: 0 });
  assert.deepEqual(keepAlive({ keep_alive: "5m" }), { keepAliveMs: 300_000 });
  for (const keep_alive of ["soon", true, {}]) {
    assert.throws(() => keepAlive({ keep_alive }), { status: 400, param: "keep_alive", message: /is no time; write/ });
  }
});
