import assert from "node:assert/strict";
import { test } from "node:test";
import { languageOf } from "./language-of.ts";

test("a text in another language than the page's is told by its script, or its commonest words", () => {
  assert.equal(languageOf("夜市在哪裡？", "en"), "zh");
  assert.equal(languageOf("夜市はどこですか", "zh-TW"), "ja");
  assert.equal(languageOf("야시장은 어디예요?", "en"), "ko");
  assert.equal(languageOf("مرحبا", "en"), "ar");
  assert.equal(languageOf("Where is the night market?", "zh-TW"), "en");
});

test("a text of which nothing can be told is taken for one in the page's own language", () => {
  assert.equal(languageOf("夜市在哪裡？", "zh-TW"), "zh-TW");
  assert.equal(languageOf("Where is the night market?", "en"), "en");
  assert.equal(languageOf("Où se trouve le marché ?", "zh-TW"), "zh-TW");
  assert.equal(languageOf("", "en"), "en");
});
