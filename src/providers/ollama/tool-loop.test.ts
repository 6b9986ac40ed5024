import assert from "node:assert/strict";
import { test } from "node:test";
import { eachChunk } from "../../../test/each-chunk.ts";
import { fakeVendor } from "../../../test/fakes/vendor.ts";
import type { ToolCall } from "../../api/chat.ts";
import { createMemoryToolState } from "../../store/tool-state.ts";
import { ollama } from "./index.ts";

const TOOLS = [{ type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } }];
const HEAD = { model: "gpt-oss", created_at: "2026-01-02T03:04:05Z", done: true, done_reason: "stop" };

/** Thinks and calls a tool twice, then answers. */
function reply(turn: number): object {
  const call = { function: { name: "add", arguments: { turn } } };
  const message = turn < 2 ? { content: "", thinking: `Step ${turn}.`, tool_calls: [call] } : { content: "Done." };
  return { ...HEAD, message: { role: "assistant", ...message } };
}

for (const stream of [false, true]) {
  test(`three turns with a client that drops what it does not know, ${stream ? "streamed" : "whole"}`, async () => {
    let turn = 0;
    const toolState = createMemoryToolState();
    const vendor = fakeVendor((path) => ({ body: path === "/api/show" ? {} : reply(turn++) }), toolState);
    const messages: object[] = [{ role: "user", content: "Add." }];
    const ids: string[] = [];

    for (let i = 0; i < 2; i++) {
      const [call] = await toolCalls(vendor.call({ messages, tools: TOOLS, stream }), stream);
      assert.ok(call);
      ids.push(call.id);
      // What a plain client sends back: the calls, and nothing else.
      messages.push({ role: "assistant", content: null, tool_calls: [call] });
      messages.push({ role: "tool", tool_call_id: call.id, content: String(i) });
    }
    assert.deepEqual(await toolCalls(vendor.call({ messages, tools: TOOLS, stream }), stream), []);

    const call = (index: number) => ({
      role: "assistant",
      content: "",
      thinking: `Step ${index}.`,
      tool_calls: [{ id: ids[index], function: { name: "add", arguments: { turn: index } } }],
    });
    const result = (index: number) => ({
      role: "tool",
      content: String(index),
      tool_name: "add",
      tool_call_id: ids[index],
    });
    assert.deepEqual(vendor.sent.at(-1)?.body["messages"], [
      { role: "user", content: "Add." },
      call(0),
      result(0),
      call(1),
      result(1),
    ]);
  });
}

async function toolCalls(call: Parameters<typeof ollama.chat>[0], stream: boolean): Promise<readonly ToolCall[]> {
  if (!stream) return (await ollama.chat(call)).value.choices[0]?.message.tool_calls ?? [];
  const deltas = await Array.fromAsync(eachChunk(await ollama.chatStream(call)), ({ choices }) => choices[0]?.delta);
  const pieces = deltas.flatMap((delta) => delta?.tool_calls ?? []);
  const first = pieces.find(({ id }) => id !== undefined);
  const args = pieces.map((piece) => piece.function?.arguments ?? "").join("");
  return first?.id
    ? [{ id: first.id, type: "function", function: { name: first.function?.name ?? "", arguments: args } }]
    : [];
}
