import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createChildProcess } from "./child-process.ts";
import { type Child, createChild } from "./child.ts";

const never = new AbortController().signal;
const script = fileURLToPath(new URL("fixtures/child-script.ts", import.meta.url));

interface Parts {
  readonly child: Child;
  readonly pids: readonly number[];
  readonly crashes: readonly string[];
}

function setUp(t: TestContext, settings = { crashesAtStart: false }): Parts {
  const pids: number[] = [];
  const crashes: string[] = [];
  const process = createChildProcess({
    script,
    args: [],
    settings,
    onStart: (pid) => pids.push(pid),
    onCrash: (how) => crashes.push(how),
  });
  const child = createChild(process);
  t.after(() => child.close());
  return { child, pids, crashes };
}

/** The whole answer. */
async function call(child: Child, path: string, signal: AbortSignal = never): Promise<string> {
  const { body } = await child.send({ method: "GET", url: `http://child${path}`, headers: {} }, signal);
  return Buffer.concat(await Array.fromAsync(body)).toString();
}

test("the child starts with the first call, or before it, and answers all calls", async (t) => {
  const { child, pids } = setUp(t);
  assert.equal(child.isRunning(), false);
  await child.start(never);
  assert.equal(child.isRunning(), true);
  assert.deepEqual([await call(child, "/"), await call(child, "/")], [`${pids[0]}`, `${pids[0]}`]);
});

test("a crash ends the calls that run, and the next ones start the child again, as often as it has answered", async (t) => {
  const { child, pids, crashes } = setUp(t);
  for (let round = 1; round <= 3; round++) {
    const { body } = await child.send({ method: "GET", url: "http://child/endless", headers: {} }, never);
    const broken = assert.rejects(Array.fromAsync(body), { status: 503, code: "engine_stopped" });
    await assert.rejects(call(child, "/crash"), { status: 503, code: "engine_stopped" });
    await broken;
    while (crashes.length < round) await new Promise(setImmediate);
  }
  assert.deepEqual(crashes, ["exit code 4", "exit code 4", "exit code 4"]);
  assert.equal(await call(child, "/"), `${pids[3]}`);
});

test("a child that crashes whenever it starts is left alone for longer and longer", async (t) => {
  const { child, crashes } = setUp(t, { crashesAtStart: true });
  for (let start = 1; start <= 2; start++) await assert.rejects(call(child, "/"), { code: "engine_stopped" });
  await assert.rejects(call(child, "/"), (error) => {
    assert.match(String(error), /crashed several times and rests for 1 s/);
    return true;
  });
  assert.equal(crashes.length, 2);
  await assert.doesNotReject(child.start(never));
});

test("who gives up while the child starts is let go, and the child starts for others", async (t) => {
  const { child, pids } = setUp(t);
  const gone = new AbortController();
  const left = call(child, "/", gone.signal);
  gone.abort();
  await assert.rejects(left, { name: "AbortError" });
  assert.equal(await call(child, "/"), `${pids[0]}`);
  assert.equal(pids.length, 1);
});
