import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { ChatCompletionChunk } from "../../api/chat.ts";
import { createTextTemplate, type TextTemplate } from "./text-template.ts";

const HEAD = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "gpt-4o",
  system_fingerprint: "fp",
};

function written(content: string, more: object = {}): string {
  const choices = [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }];
  return JSON.stringify({ ...HEAD, choices, ...more });
}

function learned(data: string, withUsage = false): TextTemplate {
  const template = createTextTemplate(withUsage);
  template.learn(data, JSON.parse(data) as ChatCompletionChunk);
  return template;
}

test("chunks that differ from one that was read in nothing but their text are known, whatever the text is", () => {
  const template = learned(written("Hello"));
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (content) => {
      const data = written(content);
      const chunk = template.match(data);
      assert.equal(chunk?.text, data);
      assert.equal(chunk?.content, content);
      assert.deepEqual(chunk?.value, JSON.parse(data));
    }),
    { examples: [["\u007F\u0085\u009F"], ["\u0000\u001F"], ["\uD800"]] },
  );
});

test("a null that stands for the usage goes where nobody asked for it, and stays where somebody did", () => {
  for (const more of [{ usage: null }, { usage: null, obfuscation: "x1" }, { obfuscation: "x1", usage: null }]) {
    const data = written("B", more);
    const { usage: _, ...without } = JSON.parse(data) as Record<string, unknown>;
    assert.deepEqual(learned(written("A", more)).match(data)?.value ?? without, without);
    assert.deepEqual(learned(written("A", more), true).match(data)?.value ?? JSON.parse(data), JSON.parse(data));
  }
});

test("what OpenAI fills the chunks up with may differ, too", () => {
  const template = learned(written("A", { usage: null, obfuscation: "k" }));
  const chunk = template.match(written("B", { usage: null, obfuscation: "Xy12-_" }));
  assert.equal(chunk?.text, written("B", { obfuscation: "Xy12-_" }));
});

test("every other chunk is left to be read", () => {
  const template = learned(written("A"));
  for (const data of [
    written("A", { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
    written("A").replace('"finish_reason":null', '"finish_reason":"stop"'),
    written("A").replace('"content":"A"', '"content":"A","tool_calls":[]'),
    written("A").replace("chatcmpl-1", "chatcmpl-2"),
    written("A").replace('"A"', '"A\n"'),
    written("A").slice(0, -1),
    `${written("A")} `,
    "[DONE]",
    "",
  ]) {
    assert.equal(template.match(data), undefined, data);
  }
});

test("nothing is learned from a chunk that says more than text", () => {
  const data = written("A");
  for (const other of [
    data.replace('"content":"A"', '"role":"assistant","content":"A"'),
    data.replace('"content":"A"', '"content":null'),
    data.replace('"index":0', '"index":1'),
    data.replace('"logprobs":null', '"logprobs":{"content":[]}'),
    data.replace('"finish_reason":null', '"finish_reason":"stop"'),
  ]) {
    assert.equal(learned(other).match(other), undefined, other);
  }
});
