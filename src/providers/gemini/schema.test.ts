import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { ApiError } from "../../api/error.ts";
import { openApiSchema } from "./schema.ts";

/** The schema that Gemini gets, and the keywords that were lost. */
function converted(schema: unknown): [object, ...string[]] {
  const { schema: result, lost } = openApiSchema(schema);
  return [result, ...lost];
}

describe("JSON Schema in OpenAPI's subset", () => {
  test("references are put in place, and recursion ends in any object", () => {
    const schema = {
      type: "object",
      properties: { home: { $ref: "#/$defs/Address", description: "Where" }, tree: { $ref: "#/$defs/Node" } },
      required: ["home", "nothing"],
      $defs: {
        Address: { type: "object", properties: { street: { type: "string" } } },
        Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } },
      },
    };
    assert.deepEqual(converted(schema), [
      {
        type: "object",
        properties: {
          home: { type: "object", description: "Where", properties: { street: { type: "string" } } },
          tree: { type: "object", properties: { next: { type: "object" } } },
        },
        required: ["home"],
      },
      "$ref",
    ]);
  });

  test("null becomes nullable, in types, in alternatives and among values", () => {
    assert.deepEqual(converted({ type: ["string", "null"], minLength: 1 }), [
      { type: "string", minLength: 1, nullable: true },
    ]);
    assert.deepEqual(converted({ anyOf: [{ type: "integer" }, { type: "null" }], title: "N" }), [
      { type: "integer", title: "N", nullable: true },
    ]);
    assert.deepEqual(converted({ enum: ["a", null] }), [
      { type: "string", format: "enum", enum: ["a"], nullable: true },
    ]);
    assert.deepEqual(converted({ type: ["integer", "string"] }), [
      { anyOf: [{ type: "integer" }, { type: "string" }] },
    ]);
  });

  test("values are strings", () => {
    assert.deepEqual(converted({ type: "integer", enum: [1, 2, 2] }), [
      { type: "string", format: "enum", enum: ["1", "2"] },
      "enum",
    ]);
    assert.deepEqual(converted({ const: "on" }), [{ type: "string", format: "enum", enum: ["on"] }]);
  });

  test("alternatives hold what stands beside them; allOf is one schema", () => {
    const beside = {
      type: "object",
      properties: { a: { type: "string" } },
      oneOf: [{ required: ["a"] }, { required: [] }],
    };
    const properties = { a: { type: "string" } };
    assert.deepEqual(converted(beside), [
      {
        anyOf: [
          { type: "object", properties, required: ["a"] },
          { type: "object", properties },
        ],
      },
      "oneOf",
    ]);
    const all = {
      allOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { properties: { b: { type: "number" } } }],
      required: ["b"],
    };
    assert.deepEqual(converted(all), [
      { type: "object", properties: { b: { type: "number" }, a: { type: "string" } }, required: ["b", "a"] },
    ]);
  });

  test("recursion ends in any object through allOf, too, as pydantic writes a reference with a description", () => {
    const child = { allOf: [{ $ref: "#/$defs/Node" }], description: "what is below" };
    const $defs = { Node: { type: "object", properties: { child } } };
    const below = { type: "object", description: "what is below" };
    assert.deepEqual(converted({ $ref: "#/$defs/Node", $defs }), [
      { type: "object", properties: { child: below } },
      "$ref",
    ]);
    const based = { allOf: [{ $ref: "#/$defs/Base" }], properties: { other: { $ref: "#/$defs/Base" } } };
    const base = { type: "object", properties: { a: { type: "number" } } };
    assert.deepEqual(converted({ ...based, $defs: { Base: base } }), [
      { type: "object", properties: { a: { type: "number" }, other: base } },
    ]);
  });

  test("arrays say what they hold; formats and keywords that are not known are lost", () => {
    assert.deepEqual(converted({ type: "array", prefixItems: [{ type: "number" }, { type: "string" }] }), [
      { type: "array", items: { anyOf: [{ type: "number" }, { type: "string" }] } },
      "prefixItems",
    ]);
    assert.deepEqual(converted({ type: "array" }), [{ type: "array", items: { type: "string" } }]);
    assert.deepEqual(converted({ type: "string", format: "uri", minLength: "1", "x-\r\n": 1, contentEncoding: "b" }), [
      { type: "string" },
      "contentEncoding",
      "format",
    ]);
  });

  test("a schema that explodes is refused", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `d${i}`,
        { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    );
    assert.throws(() => openApiSchema({ $ref: "#/$defs/d0", $defs }), { status: 400 });
  });

  test("a schema whose references lead deeper than anybody's is refused", () => {
    const waysOn: readonly ((next: object) => object)[] = [
      (next) => next,
      (next) => ({ properties: { a: next } }),
      (next) => ({ allOf: [next] }),
    ];
    for (const on of waysOn) {
      const $defs = Object.fromEntries(
        Array.from({ length: 6_000 }, (_, i) => [`d${i}`, on({ $ref: `#/$defs/d${i + 1}` })]),
      );
      assert.throws(() => openApiSchema({ $ref: "#/$defs/d0", $defs }), { status: 400 });
    }
  });
});

const KEYWORDS: readonly string[] =
  `type format title description nullable enum items minItems maxItems properties required propertyOrdering anyOf minimum
  maximum minLength maxLength pattern example default minProperties maxProperties`.split(/\s+/);

/** Fails for what Gemini's `Schema` does not take. */
function assertTaken(schema: unknown): void {
  assert.ok(typeof schema === "object" && schema !== null && !Array.isArray(schema));
  const fields = schema as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(fields)) {
    assert.ok(KEYWORDS.includes(key), key);
    assert.ok(value !== undefined && value !== null, key);
  }
  const { type, properties, required = [], items, anyOf, enum: values = ["x"] } = fields;
  assert.ok(
    anyOf !== undefined || ["string", "number", "integer", "boolean", "array", "object"].includes(String(type)),
  );
  assert.equal(items !== undefined, type === "array");
  if (items !== undefined) assertTaken(items);
  if (anyOf !== undefined) (anyOf as unknown[]).forEach(assertTaken);
  if (properties !== undefined) Object.values(Object(properties)).forEach(assertTaken);
  for (const name of required as string[]) assert.ok(Object.hasOwn(properties as object, name), name);
  assert.ok(
    (values as unknown[]).length > 0 && (values as unknown[]).every((value) => typeof value === "string" && value),
  );
}

const names = fc.constantFrom("a", "b", "__proto__", "constructor", "type", "$ref");
const types = fc.constantFrom("string", "number", "integer", "boolean", "array", "object", "null");
const { schema: anySchema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(true, false, {}, { type: "null" }),
    fc.record(
      {
        type: fc.oneof(types, fc.array(types, { maxLength: 3 }), fc.constant("constructor")),
        title: fc.string(),
        description: fc.oneof(fc.string(), fc.constant(null)),
        enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 3 }),
        const: fc.jsonValue({ maxDepth: 1 }),
        format: fc.constantFrom("date-time", "uri", "int32", "enum"),
        default: fc.jsonValue({ maxDepth: 1 }),
        minimum: fc.oneof(fc.integer(), fc.string()),
        minItems: fc.nat(),
        pattern: fc.string(),
        uniqueItems: fc.boolean(),
        items: fc.oneof(tie("schema"), fc.array(tie("schema"), { maxLength: 2 })),
        prefixItems: fc.array(tie("schema"), { maxLength: 2 }),
        properties: fc.dictionary(names, tie("schema"), { maxKeys: 3 }),
        required: fc.array(names, { maxLength: 3 }),
        additionalProperties: tie("schema"),
        anyOf: fc.array(tie("schema"), { maxLength: 3 }),
        oneOf: fc.array(tie("schema"), { maxLength: 2 }),
        allOf: fc.array(tie("schema"), { maxLength: 2 }),
        $ref: fc.constantFrom("#", "#/$defs/a", "#/properties/a", "#/nowhere", "https://elsewhere", "#/__proto__"),
        $defs: fc.dictionary(names, tie("schema"), { maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
  ),
}));

test("whatever the schema, Gemini takes what becomes of it, and it can be said in a header", () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      let result: ReturnType<typeof openApiSchema>;
      try {
        result = openApiSchema(schema);
      } catch (thrown) {
        assert.ok(thrown instanceof ApiError && thrown.status === 400, String(thrown));
        return;
      }
      assertTaken(result.schema);
      for (const keyword of result.lost) assert.match(keyword, /^\$?\w+$/);
    }),
    { numRuns: 2000, examples: [[{ oneOf: [{ allOf: [{ allOf: [], $ref: "#" }] }] }]] },
  );
});
