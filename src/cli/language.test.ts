import assert from "node:assert/strict";
import { test } from "node:test";
import { language } from "./language.ts";

for (const [locale, expected] of [
  ["zh_TW.UTF-8", "zh-TW"],
  ["zh-Hant-HK", "zh-TW"],
  ["zh_HK", "zh-TW"],
  ["zh", "zh-TW"],
  ["en_US.UTF-8", "en"],
  ["C", "en"],
  ["zha_CN", "en"],
] as const) {
  test(`the locale ${locale} speaks ${expected}`, () => {
    assert.equal(language({ LANG: locale }, "de-DE"), expected);
  });
}

test("LC_ALL goes before LC_MESSAGES, that before LANG, and the system's locale comes last", () => {
  assert.equal(language({ LC_ALL: "C", LC_MESSAGES: "zh_TW", LANG: "zh_TW" }, "zh-TW"), "en");
  assert.equal(language({ LC_MESSAGES: "zh_TW", LANG: "en_US" }, "en-US"), "zh-TW");
  assert.equal(language({ LC_ALL: "", LANG: "" }, "zh-TW"), "zh-TW");
});
