import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "../../api/chat.ts";
import { createReceipt } from "../../api/receipt.ts";
import { type Conversation, conversation, withoutPrefill } from "./messages.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = "JVBERi0xLjQK";

function read(messages: readonly Message[], toolState: ReadonlyMap<string, unknown> = new Map()): Conversation {
  return conversation(messages, { ...CONTEXT, receipt: createReceipt(false), toolState });
}

const CONTEXT = {
  model: "m",
  stream: false,
  receipt: createReceipt(false),
  toolState: new Map(),
  images: new Map([["http://example.com/a.png", { mediaType: "image/png", base64: PNG }]]),
  options: {},
};

const text = (value: string) => ({ type: "text", text: value });
const call = (id: string, args: string = "{}") =>
  ({ id, type: "function", function: { name: "f", arguments: args } }) as const;
const use = (id: string, input: object = {}) => ({ type: "tool_use", id, name: "f", input });
const result = (id: string, value: string) => ({ type: "tool_result", tool_use_id: id, content: [text(value)] });
const missing = (id: string) => ({ ...result(id, "No result: the call was not carried out."), is_error: true });

interface Case {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly system?: readonly object[];
  readonly turns: readonly object[];
}

const CASES: readonly Case[] = [
  {
    name: "all system and developer messages go to the top, in order, with their cache marks",
    messages: [
      { role: "system", content: "A" },
      { role: "user", content: "Hi" },
      { role: "developer", content: [{ type: "text", text: "B", cache_control: { type: "ephemeral" } }] },
    ],
    system: [text("A"), { ...text("B"), cache_control: { type: "ephemeral" } }],
    turns: [{ role: "user", content: [text("Hi")] }],
  },
  {
    name: "instructions alone are the user's",
    messages: [{ role: "system", content: "A" }],
    turns: [{ role: "user", content: [text("A")] }],
  },
  {
    name: "blank texts are left out, and a message of nothing else keeps its place",
    messages: [
      { role: "user", content: [text(" \n"), text("Hi")] },
      { role: "assistant", content: "Yes" },
      { role: "user", content: "" },
    ],
    turns: [
      { role: "user", content: [text("Hi")] },
      { role: "assistant", content: [text("Yes")] },
      { role: "user", content: [text(".")] },
    ],
  },
  {
    name: "the first turn is the user's, neighbours are one turn, and messages of nothing are passed over",
    messages: [
      { role: "assistant", content: "A" },
      { role: "assistant", content: null },
      { role: "assistant", content: null, refusal: "No" },
      { role: "user", content: "Hi" },
    ],
    turns: [
      { role: "user", content: [text(".")] },
      { role: "assistant", content: [text("A"), text("No")] },
      { role: "user", content: [text("Hi")] },
    ],
  },
  {
    name: "images: by https address, by their bytes' type, and fetched",
    messages: [
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "high" } },
          { type: "image_url", image_url: { url: `data:image/jpeg;base64,${PNG}` } },
          { type: "image_url", image_url: { url: "http://example.com/a.png" } },
        ],
      },
    ],
    turns: [
      {
        role: "user",
        content: [
          { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
          { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
          { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
        ],
      },
    ],
  },
  {
    name: "files: PDF, text, and by id",
    messages: [
      {
        role: "user",
        content: [
          { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${PDF}` } },
          { type: "file", file: { file_data: `data:text/csv;base64,${Buffer.from("a,b").toString("base64")}` } },
          { type: "file", file: { file_id: "file_1" } },
        ],
      },
    ],
    turns: [
      {
        role: "user",
        content: [
          {
            type: "document",
            source: { type: "base64", media_type: "application/pdf", data: PDF },
            title: "a.pdf",
          },
          { type: "document", source: { type: "text", media_type: "text/plain", data: "a,b" } },
          { type: "document", source: { type: "file", file_id: "file_1" } },
        ],
      },
    ],
  },
  {
    name: "results of parallel calls are one turn, before the user's words",
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", content: "Wait", tool_calls: [call("a", '{"x":1}'), call("b", "")] },
      { role: "user", content: "Quick" },
      { role: "tool", tool_call_id: "b", content: "B" },
      { role: "tool", tool_call_id: "a", content: "A" },
    ],
    turns: [
      { role: "user", content: [text("Go")] },
      { role: "assistant", content: [text("Wait"), use("a", { x: 1 }), use("b")] },
      { role: "user", content: [result("a", "A"), result("b", "B"), text("Quick")] },
    ],
  },
  {
    name: "missing results are said to be missing, and results without a call are text",
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", tool_calls: [call("a")] },
      { role: "user", content: "Never mind" },
      { role: "tool", tool_call_id: "z", content: "Z" },
      { role: "assistant", tool_calls: [call("b")] },
    ],
    turns: [
      { role: "user", content: [text("Go")] },
      { role: "assistant", content: [use("a")] },
      { role: "user", content: [missing("a"), text("Never mind"), text("Z")] },
      { role: "assistant", content: [use("b")] },
      { role: "user", content: [missing("b")] },
    ],
  },
  {
    name: "other providers' ids are made fit, and the same id twice is told apart",
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", tool_calls: [call("f:0")] },
      { role: "tool", tool_call_id: "f:0", content: "1" },
      { role: "assistant", tool_calls: [call("f:0")] },
      { role: "tool", tool_call_id: "f:0", content: "2" },
    ],
    turns: [
      { role: "user", content: [text("Go")] },
      { role: "assistant", content: [use("f_0")] },
      { role: "user", content: [result("f_0", "1")] },
      { role: "assistant", content: [use("f_0_2")] },
      { role: "user", content: [result("f_0_2", "2")] },
    ],
  },
  {
    name: "arguments that are no object go as they are in one",
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", tool_calls: [call("a", '{"x":'), call("b", "[1]")] },
      { role: "tool", tool_call_id: "a", content: "" },
      { role: "tool", tool_call_id: "b", content: "B", is_error: true },
    ],
    turns: [
      { role: "user", content: [text("Go")] },
      { role: "assistant", content: [use("a", { arguments: '{"x":' }), use("b", { arguments: "[1]" })] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a" },
          { ...result("b", "B"), is_error: true },
        ],
      },
    ],
  },
  {
    name: "thoughts that the client sends back come first; those without a signature are left out",
    messages: [
      { role: "user", content: "Go" },
      {
        role: "assistant",
        content: "A",
        thinking_blocks: [
          { type: "thinking", thinking: "hm", signature: "s", index: 0 },
          { type: "thinking", thinking: "unsigned" },
          { type: "redacted_thinking", data: "d" },
        ],
      },
      { role: "user", content: "On" },
      {
        role: "assistant",
        content: "B",
        reasoning_details: [
          { type: "reasoning.text", text: "hm", signature: "s" },
          { type: "reasoning.encrypted", data: "d" },
          { type: "reasoning.summary", summary: "…" },
        ],
      },
      { role: "user", content: "Thanks" },
    ],
    turns: [
      { role: "user", content: [text("Go")] },
      ...["A", "B"].flatMap((answer, index) => [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "redacted_thinking", data: "d" },
            text(answer),
          ],
        },
        { role: "user", content: [text(index === 0 ? "On" : "Thanks")] },
      ]),
    ],
  },
];

describe("messages", () => {
  for (const { name, messages, system = [], turns } of CASES) {
    test(name, () => assert.deepEqual(read(messages), { system, turns }));
  }

  const KEPT = [
    { type: "thinking", thinking: "hm", signature: "s" },
    { type: "text", text: "First" },
    { type: "thinking", thinking: "more", signature: "t" },
    { type: "tool_use", id: "a", name: "f", input: { x: 1 }, caller: { type: "direct" } },
  ];
  const history = (content: string): readonly Message[] => [
    { role: "user", content: "Go" },
    { role: "assistant", content, tool_calls: [call("a", '{ "x": 1 }')] },
    { role: "tool", tool_call_id: "a", content: "A" },
  ];

  test("an answer that was kept goes back as it came", () => {
    assert.deepEqual(read(history("First"), new Map([["a", KEPT]])).turns[1], { role: "assistant", content: KEPT });
  });

  test("of an answer that the client has edited, the thoughts go back", () => {
    assert.deepEqual(read(history("Edited"), new Map([["a", KEPT]])).turns[1], {
      role: "assistant",
      content: [KEPT[0], KEPT[2], text("Edited"), use("a", { x: 1 })],
    });
  });

  test("what another provider kept under the same id is passed over", () => {
    assert.deepEqual(read(history("First"), new Map([["a", { signature: "s" }]])).turns[1], {
      role: "assistant",
      content: [text("First"), use("a", { x: 1 })],
    });
  });

  test("a last assistant message is continued, or followed by a request to continue", () => {
    const prefilled = read([
      { role: "user", content: "Go" },
      { role: "assistant", content: "The answer is " },
    ]);
    assert.deepEqual(withoutPrefill(prefilled, CONTEXT, true).turns[1]?.content, [text("The answer is")]);
    assert.deepEqual(withoutPrefill(prefilled, CONTEXT, false).turns.slice(1), [
      { role: "assistant", content: [text("The answer is ")] },
      { role: "user", content: [text("Continue.")] },
    ]);
  });

  for (const url of [
    "ftp://example.com/a.png",
    "data:image/png,abc",
    "data:image/tiff;base64,AAAA",
    "data:image/png;base64,",
  ]) {
    test(`an image at ${url.slice(0, 30)} is refused by name`, () => {
      assert.throws(() => read([{ role: "user", content: [{ type: "image_url", image_url: { url } }] }]), {
        status: 400,
        param: /^messages\[0\]\.content\[0\]/,
      });
    });
  }
});
