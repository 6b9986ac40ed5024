import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../errors.ts";
import type { JsonSchema } from "../model.ts";
import { schemaMatcher } from "./fixtures/matcher.ts";
import { checkSchema } from "./schema.ts";

interface Case {
  readonly schema: JsonSchema;
  readonly fitting: readonly string[];
  readonly others: readonly string[];
}

async function check(cases: readonly Case[]): Promise<void> {
  for (const { schema, fitting, others } of cases) {
    const matches = await schemaMatcher(schema);
    for (const text of fitting) assert.ok(matches(text), `${JSON.stringify(schema)} should allow ${text}`);
    for (const text of others) assert.ok(!matches(text), `${JSON.stringify(schema)} should not allow ${text}`);
  }
}

const integer = { type: "integer" };
const string = { type: "string" };

test("an object has its properties in their order, and the ones that are not required only if it wants", () =>
  check([
    {
      schema: { type: "object", properties: { a: string, b: integer }, required: ["a"] },
      fitting: ['{"a":"x"}', '{ "a": "x", "b": 3 }', '{"a":"\\u00e9\\n夜市","b":-12}'],
      others: ["{}", '{"b":3}', '{"a":"x","b":3.5}', '{"a":"x",}', '{"b":1,"a":"x"}', '{"a":"x","c":1}', '{"a":"\n"}'],
    },
    {
      schema: { properties: { a: true, b: { type: "null" }, c: { type: "boolean" } } },
      fitting: ["{}", '{"a":{"x":[1,-2.5e3,null]}}', '{"b":null,"c":true}', '{"a":1,"c":false}'],
      others: ['{,"c":true}', '{"a":1 "c":true}', '{"c":true,"b":null}'],
    },
    { schema: { required: ["x"] }, fitting: ['{"x":[{}]}'], others: ["{}"] },
    { schema: { type: "object" }, fitting: ["{}", '{"a":{"b":[]}}'], others: ["[]", "1"] },
  ]));

test("other properties come where the schema wants them, and never under the name of one that it has", () =>
  check([
    {
      schema: { properties: { ab: integer, ac: integer }, additionalProperties: string },
      fitting: ['{"ab":1,"x":"y"}', '{"x":"y","z":"w"}', '{"a":"y"}', '{"abc":"y"}', "{}"],
      others: ['{"x":1}', '{"x":"y","ab":"z"}', '{"ab":"q"}', '{"x":"y","\\u0061b":"z"}'],
    },
    { schema: { additionalProperties: false }, fitting: ["{}"], others: ['{"a":1}'] },
  ]));

test("arrays have as many elements, of the kinds, that the schema says", () =>
  check([
    { schema: { type: "array", items: integer }, fitting: ["[]", "[1, 2,3]"], others: ["[,]", "[1,]", '["a"]'] },
    {
      schema: { items: integer, minItems: 2, maxItems: 3 },
      fitting: ["[1,2]", "[1,2,3]"],
      others: ["[1]", "[1,2,3,4]"],
    },
    {
      schema: { prefixItems: [integer, string], items: false, minItems: 1 },
      fitting: ["[1]", '[1,"a"]'],
      others: ["[]", '[1,"a",2]', '["a"]'],
    },
    { schema: { prefixItems: [integer], items: { type: "boolean" } }, fitting: ["[1,true,false]"], others: ["[1,2]"] },
  ]));

test("strings keep to their length, which counts characters, and to their pattern and format", () =>
  check([
    {
      schema: { type: "string", minLength: 2, maxLength: 4 },
      fitting: ['"ab"', '"\\u0041b"', '"夜市😀x"'],
      others: ['"a"', '"abcde"', '"\\ud83d\\ude00"'],
    },
    { schema: { pattern: "^[A-Z]{2}-\\d+$" }, fitting: ['"AB-1"'], others: ['"AB-"', '"aB-1"', '"AB-1x"'] },
    { schema: { type: "string", format: "date" }, fitting: ['"2024-02-28"'], others: ['"2024-02-30"', '"x"'] },
    { schema: { type: "string", format: "email" }, fitting: ['"a.b@example.com"'], others: ['"a@"'] },
    { schema: { type: "string", format: "color" }, fitting: ['"anything"'], others: ["1"] },
  ]));

test("numbers keep to their bounds", () =>
  check([
    {
      schema: { type: "integer", minimum: 7, maximum: 1234 },
      fitting: ["7", "99", "1200"],
      others: ["6", "1235", "07"],
    },
    { schema: { type: "integer", minimum: -12, exclusiveMaximum: 5 }, fitting: ["-12", "4"], others: ["-13", "5"] },
    { schema: { type: "integer", minimum: 1 }, fitting: ["1", "999999"], others: ["0", "-1"] },
    { schema: { type: "number", minimum: 0, maximum: 1 }, fitting: ["0", "1", "0.25"], others: ["1.01", "-0.50"] },
    {
      schema: { type: "number", exclusiveMinimum: 0.5, maximum: 0.75 },
      fitting: ["0.51", "0.75"],
      others: ["0.50", "0"],
    },
    {
      schema: { type: "number", minimum: -1.5, maximum: 20.25 },
      fitting: ["-1.50", "19.99"],
      others: ["-1.51", "20.26"],
    },
  ]));

test("fixed values, several types, and alternatives", () =>
  check([
    { schema: { enum: ["a", 1, null, { x: [1] }] }, fitting: ['"a"', "1", "null", '{"x":[1]}'], others: ['"b"'] },
    { schema: { type: "string", enum: ["a", 1] }, fitting: ['"a"'], others: ["1"] },
    { schema: { const: 'é"\n' }, fitting: [JSON.stringify('é"\n')], others: ['"é"'] },
    { schema: { type: ["string", "null"], maxLength: 3 }, fitting: ['"abc"', "null"], others: ['"abcd"', "1"] },
    { schema: { anyOf: [string, { type: "null" }] }, fitting: ['"a"', "null"], others: ["1"] },
    {
      schema: { type: "object", properties: { a: integer }, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      fitting: ['{"a":1}', '{"a":1,"b":2}', '{"b":2}'],
      others: ["{}"],
    },
    {
      schema: {
        oneOf: [
          { properties: { kind: { const: "cat" } }, required: ["kind"] },
          { properties: { kind: { const: "dog" }, age: integer }, required: ["kind", "age"] },
        ],
      },
      fitting: ['{"kind":"cat"}', '{"kind":"dog","age":1}'],
      others: ['{"kind":"dog"}'],
    },
    {
      schema: {
        allOf: [
          { properties: { a: integer }, required: ["a"] },
          { properties: { b: string }, required: ["b"] },
        ],
      },
      fitting: ['{"a":1,"b":"x"}'],
      others: ['{"a":1}'],
    },
  ]));

test("a schema may refer to its parts, and contain itself some times", () => {
  const node = { properties: { next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } }, required: ["next"] };
  const nested = (depth: number): string => (depth === 0 ? "null" : `{"next":${nested(depth - 1)}}`);
  const tree = { properties: { kids: { type: "array", items: { $ref: "#" } } }, required: ["kids"] };
  return check([
    {
      schema: { $defs: { node }, $ref: "#/$defs/node" },
      fitting: [nested(1), nested(8)],
      others: ["null", nested(20)],
    },
    { schema: tree, fitting: ['{"kids":[{"kids":[]},{"kids":[]}]}'], others: ["{}"] },
  ]);
});

test("what a grammar cannot express is refused with its place and name", () => {
  const deep = Array.from({ length: 100 }).reduce<JsonSchema>((items) => ({ type: "array", items }), {});
  const refused: readonly (readonly [schema: JsonSchema, message: RegExp])[] = [
    [{ properties: { a: { not: {} } } }, /'#\/properties\/a' has 'not'/],
    [{ type: "array", uniqueItems: true }, /'#' has 'uniqueItems'/],
    [{ patternProperties: { a: {}, b: {} }, additionalProperties: false }, /do not begin differently/],
    [{ patternProperties: { "^a": {} }, additionalProperties: {} }, /lets other names in/],
    [{ patternProperties: { "^a": {} }, properties: { ab: {} } }, /'#\/patternProperties\/\^a' fits a property's name/],
    [{ patternProperties: { "^a(?=b)": {} } }, /cannot be kept to: a look-ahead/],
    [{ type: "number", multipleOf: 0 }, /is not above 0/],
    [{ type: "integer", minimum: 1, maximum: 4, multipleOf: 5 }, /allows no number/],
    [{ type: "integer", minimum: "1" }, /has a limit that is no number/],
    [{ pattern: "^(?=a)b$" }, /'#\/pattern' cannot be kept to: a look-ahead/],
    [{ pattern: "^(a*)*$" }, /a repetition of what may be empty/],
    [{ pattern: "^a+$", minLength: 3 }, /allows strings of 1 to 100 characters by its pattern/],
    [{ oneOf: [string, { type: "string", maxLength: 3 }] }, /'#\/oneOf' has alternatives that cannot be told apart/],
    [{ $ref: "#/$defs/a" }, /refers to '#\/\$defs\/a', which is not in the schema/],
    [{ $defs: { a: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }, /contains itself without an end/],
    [{ properties: { a: { $ref: "#" } }, required: ["a"] }, /contains itself without an end/],
    [{ type: "integer", minimum: 5, maximum: 4 }, /allows no number/],
    [{ type: "text" }, /'#\/type' is 'text', which is no type/],
    [{ properties: { a: false }, required: ["a"] }, /'#\/properties\/a' must be a schema that something fits/],
    [{ type: "object", required: "a" }, /'#' must be a schema/],
    [deep, /is nested more than 64 deep/],
    [{ enum: Array.from({ length: 30_000 }, (_, index) => `value ${index}`) }, /make them smaller/],
  ];
  for (const [schema, message] of refused) {
    assert.throws(
      () => checkSchema(schema),
      (error) => error instanceof EngineError && error.code === "bad_request" && message.test(error.message),
      JSON.stringify(schema).slice(0, 200),
    );
  }
});
