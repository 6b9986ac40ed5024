import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** A process with much that is new and stays for a while. @returns the most room that it had for it. */
function mostBytes(): number {
  const program = `
    import { boundYoungGeneration, youngBytes } from ${JSON.stringify(new URL("young-generation.ts", import.meta.url).href)};
    import { setImmediate } from "node:timers/promises";
    boundYoungGeneration();
    const held = [];
    let most = 0;
    for (let turn = 0; turn < 800; turn++) {
      held.push(Array.from({ length: 10_000 }, (_, index) => ({ turn, index })));
      if (held.length > 400) held.shift();
      await setImmediate();
      most = Math.max(most, youngBytes());
    }
    console.log(most);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }));
}

test("the room for new objects grows with the load, and no further than helps", () => {
  const bounded = mostBytes();
  assert.ok(bounded > 2 ** 24 && bounded < 1.1 * 2 ** 26, String(bounded));
});
