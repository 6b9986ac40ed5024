import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runToolLoop } from "../../../test/tool-loop.ts";
import { deepseek } from "./index.ts";

/** Thought and call, call alone, then words. */
const ANSWERS: readonly Answer[] = [
  { content: "", reasoning_content: "I need the place.", tool_calls: [call("call_1", "place")] },
  { content: "", reasoning_content: "Now the weather.", tool_calls: [call("call_2", "weather")] },
  { content: "It rains." },
];

interface Answer {
  readonly content: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly object[];
}

function call(id: string, name: string): object {
  return { id, type: "function", function: { name, arguments: "{}" } };
}

function whole(message: Answer): string {
  const finish_reason = "tool_calls" in message ? "tool_calls" : "stop";
  const choices = [{ index: 0, message: { role: "assistant", ...message }, finish_reason }];
  return JSON.stringify({ id: "1", object: "chat.completion", created: 1, model: "deepseek-v4-pro", choices });
}

function streamed({ tool_calls = [], ...message }: Answer): string {
  const finish_reason = tool_calls.length > 0 ? "tool_calls" : "stop";
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({
      id: "1",
      object: "chat.completion.chunk",
      created: 1,
      model: "deepseek-v4-pro",
      choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`;
  const calls = tool_calls.map((one, index) => chunk({ tool_calls: [{ index, ...one }] }, null));
  return [chunk({ role: "assistant", ...message }, null), ...calls, chunk({}, finish_reason), "data: [DONE]\n\n"].join(
    "",
  );
}

describe("a tool loop of three turns", () => {
  for (const stream of [false, true]) {
    for (const isPlain of [true, false]) {
      const client = isPlain ? "that drops what OpenAI does not name" : "that sends everything back";
      test(`brings the thoughts back for a client ${client}, ${stream ? "streaming" : "whole"}`, async () => {
        const answers = ANSWERS.map(stream ? streamed : whole);
        const sent = await runToolLoop({ provider: deepseek, model: "deepseek-v4-pro", answers, stream, isPlain });
        const [thought, next] = ANSWERS;
        assert.deepEqual((sent[2] as { messages: unknown }).messages, [
          { role: "user", content: "Does it rain?" },
          { role: "assistant", ...thought },
          { role: "tool", tool_call_id: "call_1", content: "Yes" },
          { role: "assistant", ...next },
          { role: "tool", tool_call_id: "call_2", content: "Yes" },
        ]);
      });
    }
  }
});

test("an answer that does not fit its schema is an error, whole and as a stream", async () => {
  const schema = { type: "object", properties: { rain: { type: "boolean" } }, required: ["rain"] };
  const request = { tools: [], response_format: { type: "json_schema", json_schema: { name: "rain", schema } } };
  const ask = (content: string, stream: boolean): Promise<unknown> =>
    runToolLoop({
      provider: deepseek,
      model: "deepseek-v4-pro",
      answers: [(stream ? streamed : whole)({ content })],
      stream,
      isPlain: true,
      request,
    });
  for (const stream of [false, true]) {
    await ask('{"rain":true}', stream);
    await assert.rejects(ask('{"rain":"yes"}', stream), { status: 502, code: "response_format_violated" });
    await assert.rejects(ask("It rains.", stream), { status: 502, code: "response_format_violated" });
  }
});
