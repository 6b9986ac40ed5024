import assert from "node:assert/strict";
import { test } from "node:test";
import { createThoughtFilter } from "./thoughts.ts";

const TAGS = { open: "<think>", close: "</think>" };

/** What comes out when the text is pushed in pieces of a length. */
function part(text: string, length: number, isOpen = false): readonly [thought: string, text: string] {
  const filter = createThoughtFilter(TAGS, isOpen);
  const pieces = text.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [];
  const all = [...pieces.map((piece) => filter.push(piece)), filter.end()];
  return [all.map(({ thought }) => thought).join(""), all.map(({ text }) => text).join("")];
}

test("thoughts are taken apart from the text, however it was cut, with the white space around them", () => {
  const cases: readonly (readonly [text: string, thought: string, rest: string])[] = [
    ["<think>\nHm, 2 < 3.\n</think>\n\nYes. ", "Hm, 2 < 3.", "Yes. "],
    ["\n<think>a</think>b", "a", "b"],
    ["<think></think>\n\n b", "", "b"],
    ["<think>\n\n</think>", "", ""],
    ["<think>never ends </thin", "never ends </thin", ""],
    ["  Just text with <think> in it", "", "  Just text with <think> in it"],
    ["<thinking>no</thinking>", "", "<thinking>no</thinking>"],
    ["<thi", "", "<thi"],
  ];
  for (const [text, thought, rest] of cases) {
    for (let length = 1; length <= 8; length++) assert.deepEqual(part(text, length), [thought, rest], text);
  }
});

test("where the prompt has opened the thoughts, the text begins after the closing tag", () => {
  for (let length = 1; length <= 8; length++) {
    assert.deepEqual(part("\nHm.\n</think>\n\nYes.", length, true), ["Hm.", "Yes."]);
  }
});

test("a text without thoughts passes at once", () => {
  const filter = createThoughtFilter(TAGS, false);
  assert.deepEqual(filter.push("Hi"), { thought: "", text: "Hi" });
  assert.deepEqual(filter.push(" <"), { thought: "", text: " <" });
});
