import assert from "node:assert/strict";
import { test } from "node:test";
import { createJudge } from "./check.ts";

const SCHEMA = {
  type: "object",
  properties: {
    city: { type: "string", minLength: 3 },
    tags: { type: "array", items: { enum: ["port", "hill"] }, minItems: 2 },
    at: { anyOf: [{ type: "object", properties: { lat: { type: "number" } }, required: ["lat"] }, { type: "null" }] },
  },
  required: ["city", "tags", "at"],
  additionalProperties: false,
};

const VALID = '{"city": "Keelung", "tags": ["port", "hill"], "at": {"lat": 25.1}}';

test("every beginning of a valid answer fits so far, the whole fits", async () => {
  const judge = await createJudge(SCHEMA);
  for (let length = 1; length < VALID.length; length++) {
    assert.deepEqual(judge(VALID.slice(0, length)), { state: "fits_so_far" }, VALID.slice(0, length));
  }
  assert.deepEqual(judge(VALID), { state: "fits" });
  assert.deepEqual(judge(" "), { state: "empty" });
});

test("an answer is broken as soon as nothing that comes can set it right", async () => {
  const judge = await createJudge(SCHEMA);
  for (const text of [
    "[",
    '{"town": "x", ',
    '{"city": 1, ',
    '{"city": "K", ',
    '{"city": {',
    '{"tags": ["lake", ',
    '{"tags": ["port"], ',
    '{"at": {"lat": "x"}',
    "Here you are: {",
  ]) {
    assert.equal(judge(text).state, "broken", text);
  }
  const missing = judge('{"city": "Keelung", "tags": ["port", "hill"]}');
  assert.ok(missing.state === "broken" && missing.problem.startsWith("at: "), JSON.stringify(missing));
});

test("a schema that cannot be read is an error", async () => {
  await assert.rejects(createJudge({ $ref: "#/$defs/missing" }));
});
