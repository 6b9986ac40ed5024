import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

const AT_ONCE = 4;
const FILES = 100;

/** Opens each of the files in the moment in which all others do; says how often that failed, and why. */
const OPENER = `
  import { parentPort, workerData } from "node:worker_threads";
  import { openTraffic } from ${JSON.stringify(new URL("database.ts", import.meta.url).href)};
  const { folder, ready } = workerData;
  const failures = [];
  for (let file = 1; file <= ${FILES}; file++) {
    Atomics.add(ready, 0, 1);
    while (Atomics.load(ready, 0) < file * ${AT_ONCE});
    try {
      openTraffic(folder + "/" + file).close();
    } catch (error) {
      failures.push(error.message);
    }
  }
  parentPort.postMessage(failures);`;

test("all have the file who make it at the same time", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-opening-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const workerData = { folder, ready: new Int32Array(new SharedArrayBuffer(4)) };
  const url = new URL(`data:text/javascript,${encodeURIComponent(OPENER)}`);
  const openers = Array.from({ length: AT_ONCE }, () => new Worker(url, { workerData }));
  const failures = await Promise.all(openers.map(async (opener) => (await once(opener, "message"))[0] as unknown));
  assert.deepEqual(failures.flat(), []);
});
