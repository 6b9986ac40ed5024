import assert from "node:assert/strict";
import { test } from "node:test";
import { createReceipt, noteAll } from "./receipt.ts";

test("a receipt lists each field once, by what was done to it", () => {
  const receipt = createReceipt(false);
  receipt.note("dropped", "seed");
  receipt.note("dropped", "seed");
  receipt.note("clamped", "temperature");
  assert.equal(receipt.text(), "dropped=seed;clamped=temperature");
});

test("what changes an answer is refused, or dropped where the client allows it", () => {
  assert.throws(() => createReceipt(false).refuse("audio", "is not had here."), { status: 400, param: "audio" });
  const lenient = createReceipt(true);
  lenient.refuse("audio", "is not had here.");
  assert.equal(lenient.text(), "dropped=audio");
});

test("another Omniport's receipt is taken over, and anything else in it is not", () => {
  const receipt = createReceipt(false);
  noteAll(receipt, "emulated=tools;dropped=user,store;nonsense=x;");
  assert.equal(receipt.text(), "emulated=tools;dropped=user,store");
  noteAll(receipt, "");
  assert.equal(receipt.text(), "emulated=tools;dropped=user,store");
});
