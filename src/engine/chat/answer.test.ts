import assert from "node:assert/strict";
import { test } from "node:test";
import { createAnswerReader } from "./answer.ts";
import { HERMES } from "./tool-format.ts";

const thoughts = { open: "<think>", close: "</think>" };

test("thoughts, text and calls come apart, and stop strings count in the text alone", () => {
  const tools = { format: HERMES, functions: [{ name: "time" }] };
  const reader = createAnswerReader({ thoughts, isThinking: false, tools, stop: ["END"] });
  const words = '<think>END?</think>\nA moment.\n<tool_call>{"name": "time", "arguments": {"a": "END"}}</tool_call>';
  const pieces = Array.from(words)
    .flatMap((word) => reader.push(word))
    .concat(reader.end());
  const textOf = (type: string): string =>
    pieces.map((piece) => (piece.type === type && "text" in piece ? piece.text : "")).join("");
  assert.equal(textOf("reasoning"), "END?");
  assert.equal(textOf("text"), "A moment.");
  assert.equal(textOf("arguments"), '{"a": "END"}');
  assert.deepEqual([reader.hasStopped(), reader.hasCalls()], [false, true]);
});

test("a stop string ends the text, and what comes after it does not count", () => {
  const reader = createAnswerReader({ thoughts, isThinking: false, stop: ["END"] });
  assert.deepEqual([...reader.push("Hi EN"), ...reader.push("D. More")], [{ type: "text", text: "Hi " }]);
  assert.equal(reader.hasStopped(), true);
});

test("without tools, what looks like a call is text", () => {
  const reader = createAnswerReader({ thoughts, isThinking: false, stop: [] });
  assert.deepEqual(reader.push("<tool_call>{}"), [{ type: "text", text: "<tool_call>{}" }]);
});
