import assert from "node:assert/strict";
import { test } from "node:test";
import { matcher } from "./fixtures/matcher.ts";
import { until } from "./until.ts";

test("any text up to the mark, also one that begins like the mark again and again", async () => {
  const matches = await matcher((rules) => until(rules, "aab", { after: '"!"' }));
  for (const text of ["aab!", "xaab!", "aaab!", "aaaaab!", "abaab!", "aa夜aab!"]) assert.ok(matches(text), text);
  for (const text of ["", "aa", "aab", "aab!!", "aabx!", "xaabaab!"]) assert.ok(!matches(text), text);
});

test("where it may end, the mark may be missing", async () => {
  const matches = await matcher((rules) => until(rules, "<call>", { mayEnd: true, after: '"{}"' }));
  for (const text of ["", "Hi", "a < b", "<cal", "<<call>{}", "text <call>{}"]) assert.ok(matches(text), text);
  for (const text of ["<call>", "<call>x", "Hi <call>{} more"]) assert.ok(!matches(text), text);
});
