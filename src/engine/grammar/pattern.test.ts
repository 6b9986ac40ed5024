import assert from "node:assert/strict";
import { test } from "node:test";
import { matcher } from "./fixtures/matcher.ts";
import { pattern, PatternError } from "./pattern.ts";
import { createRules } from "./rules.ts";

const TEXTS = [
  "",
  "a",
  "b",
  "ab",
  "aab",
  "abc",
  "cat",
  "a cat!",
  "dog x",
  "a dog",
  "do",
  "x1",
  "_9",
  "é",
  "夜市",
  "😀",
  'say "hi"',
  "back\\slash",
  "two\nlines",
  "tab\tbed",
  "a.b",
  "a-b",
  "2024",
  "A1",
  "[x]",
  "^",
  "$5",
  "zzz",
];

/** Whether JavaScript and the grammar agree on a pattern: the second may be narrower, but never wider. */
async function agreement(source: string): Promise<number> {
  const expression = new RegExp(source, "u");
  const matches = await matcher((rules) => `"\\"" ${pattern(source, rules, 100).expression} "\\""`);
  let both = 0;
  for (const text of TEXTS) {
    const fits = matches(JSON.stringify(text));
    if (fits) assert.match(text, expression, `${source} should not allow ${text}`);
    if (fits === expression.test(text)) both++;
  }
  return both;
}

test("a pattern allows the strings that the regular expression does", async () => {
  const patterns = [
    "^a+b?$",
    "^(a|b)*c$",
    "cat|^dog",
    "^[a-c]{2,3}$",
    "^[^a]$",
    "^\\w+$",
    "^\\d{4}$",
    "^\\S+$",
    "^.$",
    "^$",
    '^say "hi"$',
    "\\\\",
    "^two\\nlines$",
    "^a[.-]b$",
    "^\\u5919",
    "^\\u{1F600}$",
    "^(?:A|B)(?<digit>\\d)$",
    "^\\[x\\]$",
    "^\\^$",
    "^\\$\\d$",
    "^z+?$",
    "^[\\w.-]+$",
    "[\\]\\[]",
    "b$",
    "a|",
  ];
  for (const source of patterns) assert.equal(await agreement(source), TEXTS.length, source);
});

test("what is no regular language, or no regular expression, is said with its place", () => {
  const wrong: readonly (readonly [source: string, message: RegExp])[] = [
    ["a(?!b)", /look-ahead/],
    ["(a)\\1", /'\\1' at character 6/],
    ["\\bword", /'\\b'/],
    ["(a", /a '\)' is missing/],
    ["a)", /an unexpected '\)'/],
    ["[a", /it ends too early/],
    ["*a", /'\*' after nothing/],
    ["a^b", /'\^' in the midst/],
    ["a{5000}", /more than 1000 repetitions/],
    [`${"(".repeat(100)}a${")".repeat(100)}`, /nested too deeply/],
  ];
  for (const [source, message] of wrong) {
    assert.throws(
      () => pattern(source, createRules(), 100),
      (error) => error instanceof PatternError && message.test(error.message),
      source,
    );
  }
});
