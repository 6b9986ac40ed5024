import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

test("every line is written, also those of the last moment before the process ends", async () => {
  const log = new URL("log.ts", import.meta.url).href;
  const program = `
    const { createLog } = await import(${JSON.stringify(log)});
    const log = await createLog("info", false);
    log.debug({}, "not wanted");
    for (let n = 0; n < 100; n++) log.info({ n, text: "夜市".repeat(20 * n) }, "line");
    process.exit(0);
  `;
  const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  const lines = stderr.split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { n: number }).n).toSorted((a, b) => a - b),
    Array.from({ length: 100 }, (_, n) => n),
  );
});
