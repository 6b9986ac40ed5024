import assert from "node:assert/strict";
import { test } from "node:test";
import { createHarmonyReader, type HarmonyReaderOptions } from "./harmony-reader.ts";

const OPTIONS: HarmonyReaderOptions = { continues: false, hasTools: true, stop: [] };
const THOUGHTS = "<|channel|>analysis<|message|>The user asks 2 < 3.<|end|><|start|>assistant";

interface Read {
  readonly thoughts: string;
  readonly text: string;
  readonly calls: readonly (readonly [name: string, args: string])[];
}

/** What is read of an answer that comes in pieces of a length. */
function read(answer: string, length: number, options: HarmonyReaderOptions): Read {
  const reader = createHarmonyReader(options);
  const result = { thoughts: "", text: "", calls: [] as [string, string][] };
  const pieces = answer.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [];
  for (const piece of [...pieces.flatMap((each) => reader.push(each)), ...reader.end()]) {
    if (piece.type === "reasoning") result.thoughts += piece.text;
    else if (piece.type === "text") result.text += piece.text;
    else if (piece.type === "toolCall") result.calls.push([piece.name, ""]);
    else result.calls.at(-1)![1] += piece.text;
  }
  return result;
}

function check(answer: string, expected: Partial<Read>, options: Partial<HarmonyReaderOptions> = {}): void {
  for (let length = 1; length <= 40; length += 3) {
    const whole = { thoughts: "", text: "", calls: [], ...expected };
    assert.deepEqual(read(answer, length, { ...OPTIONS, ...options }), whole, `${answer} by ${length}`);
  }
}

test("the channels come apart, however the answer was cut", () => {
  check(`${THOUGHTS}<|channel|>final<|message|>Yes, 2 <|x 3.`, {
    thoughts: "The user asks 2 < 3.",
    text: "Yes, 2 <|x 3.",
  });
  check("<|channel|>final<|message|>Yes.<|end|>", { text: "Yes." });
  check(`${THOUGHTS}<|channel|>analysis<|message|>Again.`, { thoughts: "The user asks 2 < 3.\n\nAgain." });
});

test("a call names its function before or after the channel, in several spellings", () => {
  const calls = [["weather", '{"city": "台北"}']] as const;
  for (const header of [
    "<|channel|>commentary to=functions.weather <|constrain|>json",
    " to=functions.weather<|channel|>commentary json",
    "<|channel|>commentary to=functions.weather",
    "<|channel|>analysis to=weather code",
  ]) {
    check(`${header}<|message|>{"city": "台北"}`, { calls });
    check(`${THOUGHTS}${header}<|message|> {"city": "台北"}`, { thoughts: "The user asks 2 < 3.", calls });
  }
});

test("what the model tells before a call is text, and a call without arguments has an empty object", () => {
  check(
    "<|channel|>commentary<|message|>A moment.<|end|><|start|>assistant<|channel|>commentary to=functions.time<|message|>",
    { text: "A moment.", calls: [["time", "{}"]] },
  );
  check("<|channel|>commentary<|message|>One.<|start|>assistant<|channel|>final<|message|>Two.", {
    text: "One.\n\nTwo.",
  });
});

test("without tools, what would be a call is a thought", () =>
  check("<|channel|>commentary to=python code<|message|>1 + 1", { thoughts: "1 + 1" }, { hasTools: false }));

test("an answer without a header is text, and one that goes on inside a message is so from its first word on", () => {
  check("Just <text>", { text: "Just <text>" });
  check("  <|chann", { text: "  <|chann" });
  check(" and so on.<|end|>", { text: " and so on." }, { continues: true });
});

test("stop strings count in the words for the user alone", () => {
  const reader = createHarmonyReader({ ...OPTIONS, stop: ["END"] });
  const pieces = reader.push(
    "<|channel|>analysis<|message|>END<|end|><|start|>assistant<|channel|>final<|message|>a END b",
  );
  assert.deepEqual(pieces, [
    { type: "reasoning", text: "END" },
    { type: "text", text: "a " },
  ]);
  assert.equal(reader.hasStopped(), true);
  assert.deepEqual(reader.end(), []);
});

test("it tells thoughts from text, with the headers between them, and arguments come while the model writes them", () => {
  const reader = createHarmonyReader(OPTIONS);
  const states = [
    "<|channel|>",
    "analysis",
    "<|message|>",
    "Hm",
    "<|end|>",
    "<|start|>assistant<|channel|>final<|message|>",
  ].map((words) => [reader.push(words).length, reader.isThinking(), reader.isText()]);
  assert.deepEqual(states, [
    [0, false, false],
    [0, false, false],
    [0, true, false],
    [1, true, false],
    [0, true, false],
    [0, false, true],
  ]);
  reader.push("<|end|><|start|>assistant<|channel|>commentary to=functions.time<|message|>");
  assert.deepEqual(reader.push('{"a"'), [{ type: "arguments", text: '{"a"' }]);
  assert.deepEqual([reader.hasCalls(), reader.isText()], [true, false]);
});
