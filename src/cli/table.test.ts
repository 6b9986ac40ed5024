import assert from "node:assert/strict";
import { test } from "node:test";
import { byteSize, table } from "./table.ts";

test("columns stand below each other, Chinese ones too", () => {
  assert.equal(
    table(
      [
        ["模型", "大小"],
        ["a", "1"],
        ["longer", "22"],
      ],
      "  ",
    ),
    "  模型    大小\n  a       1\n  longer  22",
  );
});

test("bytes are told in the unit that people would use", () => {
  assert.deepEqual([0, 999, 1500, 98_362_432, 639_446_688, 4.2e9].map(byteSize), [
    "0 B",
    "999 B",
    "1.5 kB",
    "98 MB",
    "639 MB",
    "4.2 GB",
  ]);
});
