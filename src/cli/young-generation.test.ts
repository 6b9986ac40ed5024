import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const YOUNG_GENERATION = JSON.stringify(new URL("young-generation.ts", import.meta.url).href);

/** The numbers that a program in a process of its own has printed. */
function printed(program: string, flag: string): readonly number[] {
  const args = [flag, "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as number[];
}

/**
 * A process that is busy, has nothing to do, and is busy again: the most room that it had for new objects each time.
 * It is looked at after collections; before one, while old objects are marked, V8 adds a page at a time.
 */
const ROOMS = `
  import { tendYoungGeneration, youngCapacity } from ${YOUNG_GENERATION};
  import { setImmediate } from "node:timers/promises";
  tendYoungGeneration();
  async function busy() {
    const held = [];
    let most = 0;
    for (let turn = 0; turn < 800; turn++) {
      held.push(Array.from({ length: 10_000 }, (_, index) => ({ turn, index })));
      if (held.length > 400) held.shift();
      await setImmediate();
      if (turn % 40 < 39) continue;
      gc({ type: "minor" });
      most = Math.max(most, youngCapacity());
    }
    return most;
  }
  const first = await busy();
  await gc({ type: "major", flavor: "last-resort", execution: "async" });
  console.log(JSON.stringify([first, youngCapacity(), await busy()]));`;

test("the room for new objects grows with the load, and no further than helps; and again after a rest", () => {
  const [busy = 0, rested = 0, busyAgain = 0] = printed(ROOMS, "--expose-gc");
  assert.ok(rested < 2 ** 21, String(rested));
  for (const most of [busy, busyAgain]) assert.ok(most > 0.9 * 2 ** 24 && most <= 2 ** 24, String(most));
});

/** How many of the last hundred thousand objects were young when they had just been made. */
const YOUNG = `
  import { tendYoungGeneration } from ${YOUNG_GENERATION};
  tendYoungGeneration();
  const isYoung = new Function("object", "return %InYoungGeneration(object)");
  const make = (index) => ({ index });
  const held = [];
  let young = 0;
  for (let index = 0; index < 3_000_000; index++) {
    const object = make(index);
    if (index >= 2_900_000 && isYoung(object)) young++;
    held.push(object);
    if (held.length > 200_000) held.length = 0;
  }
  console.log(JSON.stringify([young]));`;

test("what has always lived long begins among the new objects all the same", () => {
  const [young = 0] = printed(YOUNG, "--allow-natives-syntax");
  assert.ok(young > 99_000, String(young)); // a collection in between takes one with it
});
