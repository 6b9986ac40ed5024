import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonSchema } from "../model.ts";
import { matcher } from "./fixtures/matcher.ts";
import { markedNotation } from "./notation.ts";
import { inNotation } from "./rules.ts";
import { jsonSchema } from "./schema.ts";

const marked = (schema: JsonSchema): ReturnType<typeof matcher> =>
  matcher((rules) => jsonSchema(schema, inNotation(rules, markedNotation('<|"|>'))));

test("texts between marks stand as they are, and keys that are words stand bare", async () => {
  const matches = await marked({
    type: "object",
    properties: {
      list: { type: "array", items: { type: "string", maxLength: 8 } },
      "a key": { enum: ["x", { y: [null, "z"] }, 1] },
      code: { type: "string", pattern: '^["\\\\]\\d$' },
    },
    required: ["list"],
    additionalProperties: { type: "boolean" },
  });
  assert.ok(matches('{list:[<|"|>a "b"\n\\<|"|>, <|"|><|"|>]}'));
  assert.ok(matches('{list: [],<|"|>a key<|"|>:{y:[null,<|"|>z<|"|>]},code:<|"|>\\1<|"|>,<|"|>more<|"|>:true}'));
  assert.ok(matches('{list:[],<|"|>a key<|"|>:<|"|>x<|"|>,code:<|"|>"1<|"|>}'));
  for (const text of ['{"list":[]}', '{list:["a"]}', '{list:[<|"|>a<b<|"|>]}', '{list:[],code:<|"|>\\"1<|"|>}'])
    assert.ok(!matches(text), text);
});

test("JSON without a schema is written in the same way", async () => {
  const matches = await marked({});
  assert.ok(matches('{<|"|>a<|"|>:[1,<|"|>b<|"|>,{}]}'));
  assert.ok(!matches('{"a":1}'));
});
