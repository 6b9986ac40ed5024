import assert from "node:assert/strict";
import { test } from "node:test";
import type { Schema } from "./openapi.ts";
import { isNullable, objectsIn, typeText } from "./schema-type.ts";

const message: Schema = { $ref: "#/components/schemas/Message" };

for (const [schema, text] of [
  [{ type: "string" }, "string"],
  [{}, "any"],
  [{ const: "list" }, '"list"'],
  [{ enum: ["float", "base64"] }, '"float" | "base64"'],
  [{ type: ["boolean", "null"] }, "boolean"],
  [{ type: "integer", minimum: 1 }, "integer ≥ 1"],
  [{ type: "number", minimum: 0, maximum: 2 }, "number 0–2"],
  [{ type: "array", items: message }, "Message[]"],
  [{ type: "array", items: { anyOf: [{ type: "string" }, message] } }, "(string | Message)[]"],
  [{ anyOf: [{ anyOf: [{ type: "string" }, message] }, { type: "null" }] }, "string | Message"],
  [{ type: "object", additionalProperties: { type: "string" } }, "{ [name]: string }"],
  [{ type: "object", properties: {} }, "object"],
] satisfies [Schema, string][]) {
  test(`a schema is written as ${text}`, () => assert.equal(typeText(schema), text));
}

test("null is found within choices", () => {
  assert.equal(isNullable({ anyOf: [message, { type: "null" }] }), true);
  assert.equal(isNullable({ type: ["string", "null"] }), true);
  assert.equal(isNullable({ anyOf: [message, { type: "string" }] }), false);
});

test("the objects in a schema are found behind lists and choices", () => {
  const inline: Schema = { type: "object", properties: { url: { type: "string" } } };
  const schema: Schema = { anyOf: [{ type: "string" }, { type: "array", items: message }, inline] };
  assert.deepEqual(objectsIn(schema), [message, inline]);
  assert.deepEqual(objectsIn({ type: "string" }), []);
});
