import assert from "node:assert/strict";
import { test } from "node:test";
import { typedSchema } from "./typed-schema.ts";

test("every part of a schema gets the one type that it names, or that its keywords speak of", () => {
  const place = { properties: { city: { type: "string" }, near: { $ref: "#/$defs/place" } }, required: ["city"] };
  const typed = typedSchema({
    type: "object",
    properties: {
      unit: { enum: ["c", "f", null] },
      days: { type: ["integer", "null"], description: "How many" },
      when: { anyOf: [{ type: "null" }, { type: "number" }] },
      tags: { items: {} },
      at: { $ref: "#/$defs/place", description: "Where" },
    },
    $defs: { place },
  });
  const { at, ...others } = typed.properties ?? {};
  assert.deepEqual(others, {
    unit: { enum: ["c", "f", null], type: "string", nullable: true },
    days: { type: "integer", nullable: true, description: "How many" },
    when: { type: "number", nullable: true },
    tags: { type: "array", items: { type: "string" } },
  });
  assert.partialDeepStrictEqual(at, {
    type: "object",
    description: "Where",
    properties: { city: { type: "string" }, near: { type: "object" } },
    required: ["city"],
  });
});
