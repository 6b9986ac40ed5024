import assert from "node:assert/strict";
import { test } from "node:test";
import { Flow, forEach, whenTaken } from "./flow.ts";

/** One to five, and then the end, or this failure; `said` takes what the reader has said to each. */
function oneToFive(said: unknown[] = [], failure?: Error): Flow<number> {
  return new Flow(async (each) => {
    for (let value = 1; value <= 5; value++) {
      const answer = await each(value);
      said.push(answer);
      if (answer === "over") return answer;
    }
    if (failure) throw failure;
    return undefined;
  });
}

test("a flow can be iterated, to its end and to its break", async () => {
  assert.deepEqual(await Array.fromAsync(oneToFive()), [1, 2, 3, 4, 5]);
  const seen: number[] = [];
  const iterated = (async () => {
    for await (const value of oneToFive([], new Error("broken"))) seen.push(value);
  })();
  await assert.rejects(iterated, /broken/);
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
});

test("who leaves the iteration has had enough", async () => {
  const said: unknown[] = [];
  for await (const value of oneToFive(said)) if (value === 2) break;
  assert.deepEqual(said, [undefined, "over"]);
});

test("what can be iterated is shown to a reader as a flow is, and left as one is", async () => {
  let isLeft = false;
  async function* values(): AsyncGenerator<number> {
    try {
      for (let value = 1; ; value++) yield value;
    } finally {
      isLeft = true;
    }
  }
  const seen: number[] = [];
  const left = await forEach(values(), async (value) => {
    seen.push(value);
    return value === 3 ? "over" : undefined;
  });
  assert.equal(left, "over");
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(isLeft, true);
  assert.equal(await forEach(oneToFive(), () => undefined), undefined);
});

test("what follows a value waits until the reader has taken it", async () => {
  const order: string[] = [];
  const note = (word: string) => (): void => void order.push(word);
  assert.equal(whenTaken("over", note("at once")), "over");
  const taken = Promise.withResolvers<void>();
  const later = whenTaken(taken.promise, note("later"));
  assert.deepEqual(order, ["at once"]);
  taken.resolve();
  await later;
  assert.deepEqual(order, ["at once", "later"]);
});
