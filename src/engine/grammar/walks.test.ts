import assert from "node:assert/strict";
import { test } from "node:test";
import { validator } from "./fixtures/validator.ts";
import { createRandomText, seeded } from "./fixtures/random-text.ts";
import { SCHEMAS } from "./fixtures/schemas.ts";
import { createRules } from "./rules.ts";
import { jsonSchema } from "./schema.ts";

const TEXTS = 60;

for (const [what, schema] of SCHEMAS) {
  test(`${what}: whatever the grammar allows fits the schema`, () => {
    const rules = createRules();
    const next = createRandomText(rules.text(jsonSchema(schema, rules)), seeded(what.length));
    const errors = validator(schema);
    for (let count = 0; count < TEXTS; count++) {
      const text = next();
      assert.deepEqual(errors(JSON.parse(text)), [], text);
    }
  });
}
