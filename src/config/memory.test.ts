import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMemory, parseMemory } from "./memory.ts";

test("an amount of memory has a unit, or is a share of what is free", () => {
  assert.equal(parseMemory("8GB", 0), 8e9);
  assert.equal(parseMemory("1.5 gib", 0), 1.5 * 2 ** 30);
  assert.equal(parseMemory("512MB", 0), 512e6);
  assert.equal(parseMemory("80%", 1000), 800);
  for (const text of ["8", "GB", "-1GB", "120%", "0%", "8 kg", ""]) {
    assert.match(checkMemory(text) ?? "", /is no amount of memory/, text);
  }
  assert.equal(checkMemory("80%"), undefined);
});
