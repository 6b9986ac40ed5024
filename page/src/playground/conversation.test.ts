import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyAnswer } from "./answer.ts";
import { type Answer, chatRequest, type Input, titleOf } from "./conversation.ts";
import { fileNameOf, toMarkdown } from "./export.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";

const said = (model: string, content: string): Answer => ({ ...emptyAnswer(model), state: "done", content });
const words = (text: string, images: readonly string[] = []): Input => ({ kind: "words", text, images });
const TALK = { models: ["a", "b"], settings: { ...DEFAULT_SETTINGS, system: "Be brief." } };
const STREAM = { stream: true, stream_options: { include_usage: true } };

test("each lane is sent its own answers; one that came later goes on from the first", () => {
  const turns = [
    { input: words("1"), answers: [said("a", "one of a"), said("b", "one of b")] },
    { input: words("2"), answers: [said("a", "two of a")] },
    { input: words("3"), answers: [] },
  ];
  assert.deepEqual(chatRequest(TALK, turns, 1), {
    model: "b",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "1" },
      { role: "assistant", content: "one of b" },
      { role: "user", content: "2" },
      { role: "assistant", content: "two of a" },
      { role: "user", content: "3" },
    ],
    ...STREAM,
  });
});

test("a turn that failed is left out with its question", () => {
  const failed: Answer = { ...emptyAnswer("a"), state: "failed" };
  const turns = [
    { input: words("lost"), answers: [failed] },
    { input: words("again"), answers: [] },
  ];
  const { messages } = chatRequest({ ...TALK, settings: DEFAULT_SETTINGS }, turns, 0);
  assert.deepEqual(messages, [{ role: "user", content: "again" }]);
});

test("images stand beside the words, in OpenAI's form", () => {
  const [message] = chatRequest(
    { ...TALK, settings: DEFAULT_SETTINGS },
    [{ input: words("What?", ["data:x"]), answers: [] }],
    0,
  ).messages;
  assert.deepEqual(message?.content, [
    { type: "text", text: "What?" },
    { type: "image_url", image_url: { url: "data:x" } },
  ]);
});

test("results go back to the lane whose model has called the tool", () => {
  const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };
  const calling: Answer = { ...said("a", ""), toolCalls: [call] };
  const other: Answer = { ...said("b", ""), toolCalls: [{ ...call, id: "call_2" }] };
  const results: Input = { kind: "tool_results", results: { call_1: "one", call_2: "two" } };
  const turns = [
    { input: words("Call!"), answers: [calling, other] },
    { input: results, answers: [] },
  ];
  const { messages } = chatRequest({ ...TALK, settings: DEFAULT_SETTINGS }, turns, 1);
  assert.deepEqual(messages.slice(1), [
    { role: "assistant", content: "", tool_calls: [{ ...call, id: "call_2" }] },
    { role: "tool", tool_call_id: "call_2", content: "two" },
  ]);
});

test("a conversation has its first line for a title, until it is given another", () => {
  const turns = [{ input: words(`  ${"x".repeat(80)}\nmore`), answers: [said("a", "y")] }];
  const talk = { id: "1", updatedAt: 0, ...TALK, turns };
  assert.equal(titleOf(talk), `${"x".repeat(59)}…`);
  assert.equal(titleOf({ ...talk, title: "Ports & 港" }), "Ports & 港");
  assert.equal(titleOf({ ...talk, turns: [] }), undefined);
  assert.equal(fileNameOf({ ...talk, title: "Ports & 港 / ../x" }, "md"), "ports-港-x.md");
  assert.equal(
    toMarkdown({ ...talk, title: "T", turns: [{ input: words("q"), answers: [said("a", "r")] }] }),
    "# T\n\n> Be brief.\n\n## User\n\nq\n\n## a\n\nr\n",
  );
});
