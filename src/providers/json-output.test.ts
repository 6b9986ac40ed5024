import assert from "node:assert/strict";
import { test } from "node:test";
import { answerSchema, checkJson, unfenced } from "./json-output.ts";

const PERSON = {
  type: "object",
  properties: { name: { type: "string" }, tags: { type: "array", items: { $ref: "#/$defs/tag" } } },
  required: ["name"],
  additionalProperties: false,
  $defs: { tag: { enum: ["a", "b"] } },
};

test("an answer that fits its schema passes", () => {
  checkJson('{"name":"Ada","tags":["a","b"]}', PERSON);
  checkJson(" 3 ", {});
});

test("an answer that does not fit is an error that says where and why", () => {
  const problem = (text: string, schema: object): string => {
    try {
      checkJson(text, schema as Readonly<Record<string, unknown>>);
      return "";
    } catch (thrown) {
      assert.ok(thrown instanceof Error && "status" in thrown && thrown.status === 502);
      return /'response_format': (.*)\. Try again/.exec(thrown.message)?.[1] ?? "";
    }
  };
  assert.equal(problem("", PERSON), "it is empty");
  assert.equal(problem("Ada", PERSON), "it is no valid JSON");
  assert.equal(problem("{}", PERSON), "'name': Invalid input: expected string, received undefined");
  assert.match(problem('{"name":"Ada","tags":["c"]}', PERSON), /^'tags\.0': Invalid/);
  assert.match(problem('{"name":"Ada","age":3}', PERSON), /age/);
});

test("a client's regular expressions are not run, nor are properties that are called like keywords lost", () => {
  const slow = {
    type: "object",
    properties: { a: { type: "string", pattern: "^(a+)+$" }, pattern: { type: "number" } },
  };
  checkJson(`{"a":"${"a".repeat(40)}!"}`, slow);
  assert.throws(() => checkJson('{"pattern":"x"}', slow), { code: "response_format_violated" });
  checkJson('{"x1":2}', { type: "object", patternProperties: { "^x": {} }, additionalProperties: false });
});

test("a schema that cannot be checked asks for no more than JSON", () => {
  checkJson("1", { not: { type: "number" } });
  assert.throws(() => checkJson("x", { not: { type: "number" } }), { status: 502 });
});

test("a code fence around the whole answer goes", () => {
  assert.equal(unfenced('```json\n{"a":1}\n```\n'), '{"a":1}');
  assert.equal(unfenced("```\n[1]\n```"), "[1]");
  assert.equal(unfenced('{"a":"```"}'), '{"a":"```"}');
});

test("only `json_schema` has a schema", () => {
  assert.deepEqual(answerSchema({ type: "json_schema", json_schema: { name: "n", schema: PERSON } }), PERSON);
  assert.deepEqual(answerSchema({ type: "json_schema", json_schema: { name: "n" } }), {});
  assert.equal(answerSchema({ type: "json_object" }), undefined);
  assert.equal(answerSchema(null), undefined);
});
