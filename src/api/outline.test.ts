import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Json } from "./json.ts";
import { outlineOf } from "./outline.ts";

const long = (text: string): string => text.repeat(Math.ceil(20_000 / text.length));

function outline(value: unknown): unknown {
  const text = outlineOf(Buffer.from(JSON.stringify(value)));
  return text === undefined ? undefined : JSON.parse(text);
}

test("a small document has no outline", () => {
  assert.equal(outline({ model: "m" }), undefined);
});

test("long strings are cut, whatever is in them; all else stays", () => {
  const messages = [
    { role: "user", content: long('say "hi" \\ {[,:') },
    { role: "assistant", content: "short", tool_calls: [] },
    { role: "user", content: [{ type: "text", text: long("天地玄黃 \\") }] },
  ];
  assert.deepEqual(outline({ model: "m", messages, stream: true }), {
    model: "m",
    messages: [
      { role: "user", content: " ".repeat(1024) },
      { role: "assistant", content: "short", tool_calls: [] },
      { role: "user", content: [{ type: "text", text: " ".repeat(1024) }] },
    ],
    stream: true,
  });
});

test("long lists of numbers are emptied", () => {
  const embedding = Array.from({ length: 1536 }, (_, i) => (i % 2 ? -1 : 1) * i * 1.5e-7);
  const data = [0, 1].map((index) => ({ object: "embedding", index, embedding }));
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  assert.deepEqual(outline({ object: "list", data, model: "m", usage }), {
    object: "list",
    data: [0, 1].map((index) => ({ object: "embedding", index, embedding: [] })),
    model: "m",
    usage,
  });
});

test("what cannot be outlined is read whole", () => {
  const numbers = [Array(1000).fill(1), [2], 3];
  const json = Json.fromBytes(Buffer.from(JSON.stringify({ numbers, pad: long("x") })));
  assert.deepEqual((json.outline as { numbers: unknown }).numbers, numbers);
});

test("the outline has the shape of the value", () => {
  const texts = fc.string({ minLength: 1, unit: "binary" });
  const strings = fc.oneof(texts, texts.map(long));
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 0, maxLength: 300 });
  const values = fc.dictionary(fc.string(), fc.oneof(strings, numbers, fc.boolean(), fc.constant(null)));
  fc.assert(
    fc.property(values, (value) => {
      const json = Json.fromBytes<Record<string, unknown>>(Buffer.from(JSON.stringify({ ...value, pad: long(".") })));
      const shapes = (of: object): unknown => Object.entries(of).map(([key, entry]) => [key, typeof entry]);
      assert.deepEqual(shapes(json.outline), shapes(json.value));
    }),
    { numRuns: 50 },
  );
});

test("no JSON is no outline either", () => {
  const bytes = Buffer.from(`{"a": "${long("x")}", "b": }`);
  assert.throws(() => Json.fromBytes(bytes).outline, SyntaxError);
  const unreadable = (): Error => new Error("not what was promised");
  assert.throws(() => Json.fromBytes(bytes, unreadable).outline, /promised/);
});
