import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "./loopback.ts";

test("only loopback addresses keep others out", () => {
  assert.deepEqual(["127.0.0.1", "127.9.9.9", "::1", "localhost"].map(isLoopback), [true, true, true, true]);
  assert.deepEqual(["0.0.0.0", "::", "192.168.1.2", "ai.lan"].map(isLoopback), [false, false, false, false]);
});
