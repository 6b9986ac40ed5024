import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runToolLoop } from "../../../../test/tool-loop.ts";
import { openai } from "../index.ts";
import type { OutputItem } from "./wire.ts";

const COMMENTARY = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "Let me see.", annotations: [] }],
} as const;

/** Thought, words and two calls; thought and call; then words. */
const ANSWERS = [
  [reasoning("rs_1"), COMMENTARY, call("call_1", "place"), reasoning("rs_2"), call("call_2", "weather")],
  [reasoning("rs_3"), call("call_3", "weather")],
  [{ ...COMMENTARY, id: "msg_2", content: [{ type: "output_text", text: "It rains.", annotations: [] }] }],
] as unknown as readonly (readonly OutputItem[])[];

function reasoning(id: string): object {
  return { type: "reasoning", id, summary: [], encrypted_content: `secret ${id}` };
}

function call(call_id: string, name: string): object {
  return { type: "function_call", call_id, name, arguments: "{}" };
}

function whole(output: readonly OutputItem[]): string {
  return JSON.stringify(response("completed", output));
}

function response(status: string, output: readonly OutputItem[]): object {
  return { id: "resp_1", object: "response", created_at: 1, model: "gpt-5.6-sol", status, output };
}

function streamed(output: readonly OutputItem[]): string {
  const items = output.flatMap((item, output_index) => [
    { type: "response.output_item.added", output_index, item },
    ...(item.type === "message"
      ? item.content.map((part) => ({
          type: "response.output_text.delta",
          output_index,
          delta: part.type === "output_text" ? part.text : "",
        }))
      : []),
    { type: "response.output_item.done", output_index, item },
  ]);
  const all = [
    { type: "response.created", response: response("in_progress", []) },
    ...items,
    { type: "response.completed", response: response("completed", output) },
  ];
  return all.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

function result(call_id: string): object {
  return { type: "function_call_output", call_id, output: "Yes" };
}

describe("a tool loop of three turns on a model that takes tools on the Responses API only", () => {
  for (const stream of [false, true]) {
    test(`brings each thought back to its place, ${stream ? "streaming" : "whole"}`, async () => {
      const answers = ANSWERS.map(stream ? streamed : whole);
      const sent = await runToolLoop({ provider: openai, model: "gpt-5.6-sol", answers, stream, isPlain: true });
      assert.deepEqual(sent[2], {
        model: "gpt-5.6-sol",
        input: [
          { type: "message", role: "user", content: [{ type: "input_text", text: "Does it rain?" }] },
          ...(ANSWERS[0] ?? []),
          result("call_1"),
          result("call_2"),
          ...(ANSWERS[1] ?? []),
          result("call_3"),
        ],
        store: false,
        include: ["reasoning.encrypted_content"],
        tools: ["place", "weather"].map((name) => ({
          type: "function",
          name,
          parameters: { type: "object", properties: {} },
          strict: false,
        })),
        ...(stream && { stream: true }),
      });
    });
  }
});
