import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type OpenAI from "openai";
import { thoughtBefore } from "./fake-model.ts";
import { allVendors } from "./index.ts";
import { TOOLS } from "./tools.ts";
import { startVendors } from "./vendor.ts";

type Message = OpenAI.ChatCompletionMessageParam;

/** What the tools say. */
const RESULTS: Readonly<Record<string, string>> = { place: "台北", weather: "Rain, 31 °C" };

describe("a tool loop of three turns with a client that sends nothing back but what OpenAI's format names", () => {
  for (const vendor of allVendors) {
    for (const stream of [false, true]) {
      test(`${vendor.model}, ${stream ? "streamed" : "whole"}`, async () => {
        await using fronted = await startVendors([vendor]);
        const messages = await converse(fronted.client, vendor.model, stream);

        assert.equal(messages.at(-1)?.content, "It rains in 台北.");
        assert.deepEqual(messages.map(({ role }) => role).join(" "), "user assistant tool assistant tool assistant");
        const asked = fronted.sent(vendor).filter((call) => vendor.hear(call) !== undefined);
        assert.equal(asked.length, 3);
        // The fake vendors refuse a history without the model's thoughts, as the real ones do; here is what they saw.
        const { thoughtInRequest } = vendor;
        if (!thoughtInRequest) return;
        assert.ok(!asked[0]?.text.includes(thoughtInRequest(thoughtBefore(["place"]))));
        assert.ok(asked[1]?.text.includes(thoughtInRequest(thoughtBefore(["place"]))));
        assert.ok(asked[2]?.text.includes(thoughtInRequest(thoughtBefore(["place"]))));
        assert.ok(asked[2]?.text.includes(thoughtInRequest(thoughtBefore(["weather"]))));
      });
    }
  }
});

describe("what the model thinks is shown in the field that most clients know", () => {
  for (const vendor of allVendors.filter(({ showsThoughts }) => showsThoughts)) {
    test(vendor.model, async () => {
      await using fronted = await startVendors([vendor]);
      const { message } = await answer(fronted.client, vendor.model, [{ role: "user", content: "How is it?" }], false);
      const { reasoning_content } = message as { reasoning_content?: string };
      assert.equal(reasoning_content, thoughtBefore(["place"]));
    });
  }
});

/** Talks until the model calls no more tools. */
async function converse(client: OpenAI, model: string, stream: boolean): Promise<Message[]> {
  const messages: Message[] = [{ role: "user", content: "How is the weather?" }];
  for (let turn = 0; turn < 5; turn++) {
    const { message } = await answer(client, model, messages, stream);
    messages.push(plain(message));
    if (!message.tool_calls?.length) break;
    for (const call of message.tool_calls) {
      const name = call.type === "function" ? call.function.name : "";
      messages.push({ role: "tool", tool_call_id: call.id, content: RESULTS[name] ?? "" });
    }
  }
  return messages;
}

async function answer(
  { chat: { completions } }: OpenAI,
  model: string,
  messages: Message[],
  stream: boolean,
): Promise<OpenAI.ChatCompletion.Choice> {
  const request = { model, messages: [...messages], tools: TOOLS, reasoning_effort: "low" as const };
  const { choices } = await (stream ? completions.stream(request).finalChatCompletion() : completions.create(request));
  assert.ok(choices[0]);
  return choices[0];
}

function plain({ role, content, tool_calls }: OpenAI.ChatCompletionMessage): Message {
  const calls = (tool_calls ?? []).flatMap((call) =>
    call.type === "function" ? [{ id: call.id, type: call.type, function: plainFunction(call.function) }] : [],
  );
  return { role, content, ...(calls.length > 0 && { tool_calls: calls }) };
}

function plainFunction({ name, arguments: args }: { name: string; arguments: string }) {
  return { name, arguments: args };
}
