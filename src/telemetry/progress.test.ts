import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgressReport } from "./progress.ts";

test("a transfer is told at its beginning and at its end, which several files may reach, once", () => {
  const lines: string[] = [];
  const report = createProgressReport((line) => lines.push(line));
  for (const doneBytes of [0, 1e6, 4e6, 4e6, 4e6]) report({ model: "a/b", doneBytes, totalBytes: 4e6 });
  report({ model: "a/b", doneBytes: 0, totalBytes: 4e6 });
  const [first, last] = ["downloading a/b: 0 % of 4.0 MB", "downloading a/b: 100 % of 4.0 MB"];
  assert.deepEqual(lines, [first, last, first]);
});
