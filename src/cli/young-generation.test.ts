import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** A process that is busy, has nothing to do, and is busy again: the most room that it had for new objects each time. */
function mostBytes(): readonly number[] {
  const program = `
    import { boundYoungGeneration, youngBytes } from ${JSON.stringify(new URL("young-generation.ts", import.meta.url).href)};
    import { setImmediate } from "node:timers/promises";
    boundYoungGeneration();
    async function busy() {
      const held = [];
      let most = 0;
      for (let turn = 0; turn < 800; turn++) {
        held.push(Array.from({ length: 10_000 }, (_, index) => ({ turn, index })));
        if (held.length > 400) held.shift();
        await setImmediate();
        most = Math.max(most, youngBytes());
      }
      return most;
    }
    const first = await busy();
    await gc({ type: "major", flavor: "last-resort", execution: "async" });
    console.log(JSON.stringify([first, youngBytes(), await busy()]));`;
  const args = ["--expose-gc", "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as number[];
}

test("the room for new objects grows with the load, and no further than helps; and again after a rest", () => {
  const [busy = 0, rested = 0, busyAgain = 0] = mostBytes();
  assert.ok(rested < 2 ** 22, String(rested));
  for (const bytes of [busy, busyAgain]) assert.ok(bytes > 2 ** 24 && bytes < 1.1 * 2 ** 26, String(bytes));
  assert.ok(busyAgain > 0.9 * busy, `${busyAgain} after ${busy}`);
});
