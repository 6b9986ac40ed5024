import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runToolLoop } from "../../../test/tool-loop.ts";
import { minmax } from "./index.ts";
import type { ReplyMessage } from "./wire.ts";

const ANSWERS: readonly ReplyMessage[] = [
  {
    content: "",
    reasoning_content: "I need the place.",
    tool_calls: [{ id: "call_function_1", function: { name: "place", arguments: "{}" } }],
  },
  {
    content: "Wait.",
    reasoning_content: "Now the weather.",
    tool_calls: [{ id: "call_function_2", function: { name: "weather", arguments: '{"city":"Taipei"}' } }],
  },
  { content: "It rains." },
];

const BASE = { id: "1", created: 1, model: "MiniMax-M2.7" };

function whole(message: ReplyMessage): string {
  const finish_reason = message.tool_calls ? "tool_calls" : "stop";
  return JSON.stringify({ ...BASE, object: "chat.completion", choices: [{ index: 0, message, finish_reason }] });
}

/** Arguments in two pieces, and the whole answer once more at the end, as on MiniMax's own road. */
function streamed(message: ReplyMessage): string {
  const { tool_calls = [], ...rest } = message;
  const finish_reason = tool_calls ? "tool_calls" : "stop";
  const pieces = (tool_calls ?? []).flatMap(({ id, function: called }, index) => {
    const text = String(called?.arguments);
    return [
      { tool_calls: [{ index, id, type: "function", function: { name: called?.name, arguments: text.slice(0, 1) } }] },
      { tool_calls: [{ index, function: { arguments: text.slice(1) } }] },
    ];
  });
  const deltas = [{ role: "assistant", ...rest }, ...pieces].map((delta) => ({
    ...BASE,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta }],
  }));
  const end = { ...BASE, object: "chat.completion", choices: [{ index: 0, message, finish_reason }] };
  return [...deltas, end].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

function details(text: string): object {
  return {
    reasoning_details: [
      { type: "reasoning.text", id: "reasoning-text-1", format: "MiniMax-response-v1", index: 0, text },
    ],
  };
}

describe("a tool loop of three turns", () => {
  for (const stream of [false, true]) {
    for (const isPlain of [true, false]) {
      const client = isPlain ? "that drops what OpenAI does not name" : "that sends everything back";
      test(`brings the thoughts back for a client ${client}, ${stream ? "streaming" : "whole"}`, async () => {
        const answers = ANSWERS.map(stream ? streamed : whole);
        const sent = await runToolLoop({ provider: minmax, model: "minimax-m2.7", answers, stream, isPlain });
        assert.deepEqual((sent[2] as { messages: unknown }).messages, [
          { role: "user", content: "Does it rain?" },
          {
            role: "assistant",
            content: "",
            ...details("I need the place."),
            tool_calls: [{ id: "call_function_1", type: "function", function: { name: "place", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "call_function_1", content: "Yes" },
          {
            role: "assistant",
            content: "Wait.",
            ...details("Now the weather."),
            tool_calls: [
              {
                id: "call_function_2",
                type: "function",
                function: { name: "weather", arguments: '{"city":"Taipei"}' },
              },
            ],
          },
          { role: "tool", tool_call_id: "call_function_2", content: "Yes" },
        ]);
      });
    }
  }
});
