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
  const why = { en: "is not had here.", "zh-TW": "這裡沒有。" };
  const message = "Unsupported parameter: 'audio' is not had here.";
  const wording = { en: message, "zh-TW": "不支援參數「audio」：這裡沒有。" };
  assert.throws(() => createReceipt(false).refuse("audio", why), { status: 400, param: "audio", message, wording });
  const lenient = createReceipt(true);
  lenient.refuse("audio", why);
  assert.equal(lenient.text(), "dropped=audio");
});

test("another Omniport's receipt is taken over, and anything else in it is not", () => {
  const receipt = createReceipt(false);
  noteAll(receipt, "emulated=tools;dropped=user,store;nonsense=x;");
  assert.equal(receipt.text(), "emulated=tools;dropped=user,store");
  noteAll(receipt, "");
  assert.equal(receipt.text(), "emulated=tools;dropped=user,store");
});
