import assert from "node:assert/strict";
import { test } from "node:test";
import { createStopFilter } from "./stop.ts";

/** What came out piece by piece, with what was left at the end. */
function run(stops: readonly string[], pieces: readonly string[]): { out: readonly string[]; stopped: boolean } {
  const filter = createStopFilter(stops);
  const out: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = filter.push(piece);
    out.push(text);
    if (stopped) return { out, stopped };
  }
  return { out: [...out, filter.end()], stopped: false };
}

test("without stop strings every piece passes at once", () => {
  assert.deepEqual(run([], ["a", "b"]), { out: ["a", "b", ""], stopped: false });
});

test("a stop string across pieces is withheld, and so is what follows it", () => {
  assert.deepEqual(run(["END"], ["one E", "N", "D two"]), { out: ["one ", "", ""], stopped: true });
});

test("text that only looked like a stop string is given out as soon as it no longer does", () => {
  assert.deepEqual(run(["END"], ["E", "N", "O"]), { out: ["", "", "ENO", ""], stopped: false });
  assert.deepEqual(run(["aab"], ["aa", "a", "c"]), { out: ["", "a", "aac", ""], stopped: false });
});

test("what is held back at the end of the text is not lost", () => {
  assert.deepEqual(run(["END"], ["the EN"]), { out: ["the ", "EN"], stopped: false });
});

test("the stop string that is complete first counts, however the text is cut", () => {
  for (const pieces of [["xabcd"], ["xab", "cd"], ["x", "a", "b", "c", "d"]]) {
    const { out, stopped } = run(["abcd", "bc"], pieces);
    assert.deepEqual({ text: out.join(""), stopped }, { text: "xa", stopped: true });
  }
});

test("an empty stop string stops nothing", () => {
  assert.deepEqual(run([""], ["a"]), { out: ["a", ""], stopped: false });
});
