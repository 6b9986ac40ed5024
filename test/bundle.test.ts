import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { bundle } from "../scripts/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "omniport-bundle-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "type": "module", "version": "7" }',
  "dist/main.js": `
    import { version } from "./config/version.js";
    const { ask } = await import("./engine/embed/thread.js");
    console.log(version(), await ask());`,
  "dist/index.js": 'export { version } from "./config/version.js";',
  "dist/config/version.js": `
    import { readFileSync } from "node:fs";
    /** Beside \`dist\`. */
    export const version = () => JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version;`,
  "dist/engine/embed/thread.js": `
    import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    export const ask = async () => (await once(new Worker(new URL("encoder-worker.js", import.meta.url)), "message"))[0];`,
  "dist/engine/embed/encoder-worker.js": `
    import { parentPort } from "node:worker_threads";
    import { version } from "../../config/version.js";
    parentPort.postMessage("worker " + version());`,
  "dist/store/traffic/traffic-thread.js": "export {};",
  "dist/config/version.d.ts": "export declare function version(): string;",
};

test("joined files find their threads and what lies beside dist, and the library and the types stay", async () => {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  await bundle(join(folder, "dist"));
  const run = (...args: readonly string[]): string =>
    execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" }).trim();
  assert.equal(run("dist/main.js"), "7 worker 7");
  assert.equal(run("--input-type=module", "--eval", 'console.log((await import("./dist/index.js")).version())'), "7");
  assert.equal(existsSync(join(folder, "dist/config/version.js")), false);
  assert.equal(existsSync(join(folder, "dist/config/version.d.ts")), true);
  assert.equal(existsSync(join(folder, "dist/store/traffic/traffic-thread.js")), true);
});
