import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { engineEnglish } from "./engine.en.ts";
import { engineChinese } from "./engine.zh-tw.ts";
import { filesEnglish } from "./files.en.ts";
import { filesChinese } from "./files.zh-tw.ts";
import { english } from "./errors.en.ts";
import { chinese } from "./errors.zh-tw.ts";
import { preferredLanguage } from "./language.ts";
import { say } from "./say.ts";

const sources = join(import.meta.dirname, "..");

/** `new ApiError(404, "api_error", "…"`, `invalidRequest("…"` and `const message = "…"`, with any kind of quotes. */
const PLAIN_TEXT =
  /(new ApiError\([^,()]+,[^,()]+,|\b(invalidRequest|refused|unsupported)\(|\brefuse\([^,]+,|const message =)\s*["`]/;

function filesWith(text: RegExp, folders: string): readonly string[] {
  return globSync(`${folders}/**/*.ts`, { cwd: sources })
    .filter((file) => !file.endsWith(".test.ts"))
    .filter((file) => text.test(readFileSync(join(sources, file), "utf8")));
}

test("every error of the API is worded in both languages", () => {
  assert.deepEqual(filesWith(PLAIN_TEXT, "{access,api,gateway,providers,server,upstream}"), []);
});

test("both catalogues have the same keys in both languages, and no key twice", () => {
  assert.deepEqual(Object.keys(chinese).toSorted(), Object.keys(english).toSorted());
  assert.deepEqual(Object.keys(engineChinese).toSorted(), Object.keys(engineEnglish).toSorted());
  assert.deepEqual(Object.keys(filesChinese).toSorted(), Object.keys(filesEnglish).toSorted());
  const keys = [english, engineEnglish, filesEnglish].flatMap((catalogue) => Object.keys(catalogue));
  assert.equal(Object.keys(say).length, keys.length);
});

test("messages without values are in their language", () => {
  const constants = (words: object): readonly string[] =>
    Object.values(words).filter((text) => typeof text === "string");
  for (const text of constants({ ...english, ...engineEnglish })) assert.match(text, /^[\x20-\x7e]+$/);
  for (const text of constants({ ...chinese, ...engineChinese })) assert.match(text, /\p{Script=Han}.*[。」]$/u);
});

test("a message has its values in each language", () => {
  const { en, "zh-TW": zh } = say.wrongType("messages[2]", ["a", "b"], "a decimal number");
  assert.equal(en, "Invalid type for 'messages[2]': expected one of 'a', 'b', but got a decimal number instead.");
  assert.equal(zh, "「messages[2]」的型別不正確：應為「a」、「b」其中之一，收到的卻是小數。");
});

test("a header of any length is answered at once", () => {
  assert.equal(preferredLanguage(`${"de,".repeat(100_000)}zh-TW`), "en");
  assert.equal(preferredLanguage(undefined), "en");
});
