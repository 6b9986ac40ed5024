import assert from "node:assert/strict";
import { test } from "node:test";
import { preferredLanguage } from "./text.ts";

test("the first language that the page speaks is taken; Chinese of any kind is Traditional Chinese", () => {
  assert.equal(preferredLanguage(["fr", "zh-Hans-CN", "en"]), "zh-TW");
  assert.equal(preferredLanguage(["", "de-DE", "en-GB", "zh"]), "en");
  assert.equal(preferredLanguage([]), "en");
});
