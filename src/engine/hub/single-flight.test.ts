import assert from "node:assert/strict";
import { test } from "node:test";
import { createSingleFlight } from "./single-flight.ts";

const NEVER = new AbortController().signal;

test("callers of one key share a run, those of another have their own, and a later one begins anew", async () => {
  const flights = createSingleFlight<number>();
  let runs = 0;
  const start = async (): Promise<number> => ++runs;
  assert.deepEqual(await Promise.all(["a", "a", "b"].map((key) => flights.join(key, start, NEVER))), [1, 1, 2]);
  assert.equal(await flights.join("a", start, NEVER), 3);
});

test("a failure reaches all who wait, and is not kept", async () => {
  const flights = createSingleFlight<string>();
  const broken = async (): Promise<string> => {
    throw new Error("broken");
  };
  const results = await Promise.allSettled([flights.join("a", broken, NEVER), flights.join("a", broken, NEVER)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  assert.equal(await flights.join("a", async () => "fine", NEVER), "fine");
});

test("the run stops when the last caller leaves, and not before; the next caller gets a run of their own", async () => {
  const flights = createSingleFlight<string>();
  const callers = [new AbortController(), new AbortController()];
  let running: AbortSignal | undefined;
  const forever = (signal: AbortSignal): Promise<string> => {
    running = signal;
    return new Promise(() => {});
  };
  const waits = callers.map(({ signal }) => flights.join("a", forever, signal));
  callers[0]?.abort(new Error("first"));
  await assert.rejects(waits[0] ?? Promise.resolve(), /first/);
  assert.equal(running?.aborted, false);
  callers[1]?.abort(new Error("second"));
  await assert.rejects(waits[1] ?? Promise.resolve(), /second/);
  assert.equal(running?.aborted, true);
  assert.equal(await flights.join("a", async () => "new", NEVER), "new");
});
