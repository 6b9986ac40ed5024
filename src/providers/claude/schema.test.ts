import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inputSchema, strictSchema } from "./schema.ts";

describe("schema", () => {
  test("limits move into the description; objects are closed, at every depth", () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      required: ["name", "list"],
      properties: {
        name: { type: "string", description: "Who", maxLength: 9, format: "email" },
        list: { type: "array", minItems: 2, items: { oneOf: [{ $ref: "#/$defs/Leaf" }, { const: 1 }] } },
        maybe: { type: ["object", "null"], properties: {} },
      },
      $defs: { Leaf: { type: "object", properties: { at: { type: "string", format: "color" } } } },
    };
    assert.deepEqual(strictSchema(schema), {
      type: "object",
      required: ["name", "list"],
      properties: {
        name: { type: "string", description: 'Who\n\n{"maxLength":9}', format: "email" },
        list: {
          type: "array",
          items: { anyOf: [{ $ref: "#/$defs/Leaf" }, { const: 1 }] },
          description: '{"minItems":2}',
        },
        maybe: { type: ["object", "null"], properties: {}, additionalProperties: false },
      },
      $defs: {
        Leaf: {
          type: "object",
          properties: { at: { type: "string", description: '{"format":"color"}' } },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    });
  });

  const UNBINDABLE = {
    "a recursion": {
      type: "object",
      properties: { next: { $ref: "#/$defs/A" } },
      $defs: { A: { anyOf: [{ $ref: "#/$defs/A" }] } },
    },
    "a reference to the root": { type: "object", properties: { next: { $ref: "#" } } },
    "a reference to nothing": { $ref: "#/$defs/Nowhere" },
    "a map with free keys": { type: "object", additionalProperties: { type: "string" } },
    "a part that may be anything": { type: "object", properties: { any: {} } },
    "a part that is no schema": { type: "array", items: true },
  };
  for (const [name, schema] of Object.entries(UNBINDABLE)) {
    test(`${name} cannot be bound`, () => assert.equal(strictSchema(schema), undefined));
  }

  test("definitions that refer to one another many times are looked at once", () => {
    const names = Array.from({ length: 60 }, (_, index) => `D${index}`);
    const $defs = Object.fromEntries(
      names.map((name, index) => {
        const next = { $ref: `#/$defs/D${index + 1}` };
        return [name, index === names.length - 1 ? { type: "string" } : { anyOf: [next, next] }];
      }),
    );
    assert.ok(strictSchema({ $ref: "#/$defs/D0", $defs }));
  });

  test("references that lead on by the thousand cannot be bound", () => {
    const chain = Array.from({ length: 6_000 }, (_, i) => [`D${i}`, { $ref: `#/$defs/D${i + 1}` }]);
    const $defs = Object.fromEntries([...chain, ["D6000", { type: "string" }]]);
    assert.equal(strictSchema({ $ref: "#/$defs/D0", $defs }), undefined);
  });

  test("a tool's parameters are an object without alternatives at its top", () => {
    const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const zip = { type: "object", properties: { zip: { type: "string" } }, required: ["zip"] };
    const properties = { city: { type: "string" }, zip: { type: "string" } };
    assert.deepEqual(inputSchema(null), { type: "object", properties: {} });
    assert.deepEqual(inputSchema({ anyOf: [city, zip] }), { type: "object", properties });
    assert.deepEqual(inputSchema({ allOf: [city, zip] }), { type: "object", properties, required: ["city", "zip"] });
  });
});
