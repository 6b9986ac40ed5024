import assert from "node:assert/strict";
import { test } from "node:test";
import { createCallPieces } from "./call-pieces.ts";
import type { AnswerPart } from "./wire.ts";

function read(...events: AnswerPart[][]): readonly AnswerPart[] {
  const pieces = createCallPieces();
  return [...events.flatMap((parts) => pieces.add(parts)), ...pieces.end()];
}

test("a call in pieces comes whole, its texts joined and its lists filled", () => {
  const parts = read(
    [{ functionCall: { name: "write", willContinue: true }, thoughtSignature: "s" }],
    [
      {
        functionCall: {
          partialArgs: [{ jsonPath: "$.items[0].id", stringValue: "a", willContinue: true }],
          willContinue: true,
        },
      },
    ],
    [{ functionCall: { partialArgs: [{ jsonPath: "$.items[0].id", stringValue: "b" }], willContinue: true } }],
    [{ functionCall: { partialArgs: [{ jsonPath: "$.items[1]['a b']", numberValue: 0.5 }], willContinue: true } }],
    [
      {
        functionCall: {
          partialArgs: [
            { jsonPath: "$.done", boolValue: false },
            { jsonPath: "$.none", nullValue: null },
          ],
        },
      },
    ],
    [{ text: "then" }],
  );
  const args = { items: [{ id: "ab" }, { "a b": 0.5 }], done: false, none: null };
  assert.deepEqual(parts, [{ functionCall: { name: "write", args }, thoughtSignature: "s" }, { text: "then" }]);
});

test("the next call, or the end, closes one that was left open", () => {
  const parts = read(
    [{ functionCall: { name: "a", willContinue: true } }],
    [{ functionCall: { name: "b", args: { x: 1 } } }],
    [{ functionCall: { name: "c", willContinue: true } }],
  );
  assert.deepEqual(
    parts.map(({ functionCall }) => [functionCall?.name, functionCall?.args]),
    [
      ["a", {}],
      ["b", { x: 1 }],
      ["c", {}],
    ],
  );
});

test("a path that no argument can have is passed over", () => {
  const [part] = read([
    {
      functionCall: {
        name: "a",
        partialArgs: [
          { jsonPath: "$.__proto__.x", stringValue: "y" },
          { jsonPath: "$.a[999999999]", numberValue: 1 },
        ],
      },
    },
  ]);
  assert.deepEqual(part?.functionCall?.args, {});
  assert.equal(({} as { x?: string }).x, undefined);
});
