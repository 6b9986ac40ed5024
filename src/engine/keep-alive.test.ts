import assert from "node:assert/strict";
import { test } from "node:test";
import { checkKeepAlive, parseDuration } from "./keep-alive.ts";

test("a time is seconds, or numbers with units; a negative one is for ever", () => {
  assert.deepEqual(
    [300, "300", "5m", "1h30m", "1.5s", "250ms", 0, "0"].map(parseDuration),
    [300_000, 300_000, 300_000, 5_400_000, 1500, 250, 0, 0],
  );
  assert.deepEqual(
    [-1, "-1", "-1m"].map(parseDuration),
    Array.from({ length: 3 }, () => Number.MAX_SAFE_INTEGER),
  );
  for (const text of ["", "m", "5 minutes", "1d", "NaN"]) assert.match(checkKeepAlive(text) ?? "", /is no time/, text);
});
