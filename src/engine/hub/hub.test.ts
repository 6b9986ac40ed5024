import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { type FakeHub, type HubBehaviour, startFakeHub } from "../../../test/fakes/hub.ts";
import type { EngineErrorCode } from "../errors.ts";
import type { Progress, Snapshot } from "../model.ts";
import { parseReference } from "../reference.ts";
import { createHub, type Hub, type HubOptions } from "./hub.ts";
import type { Purpose } from "./needed-files.ts";

const NEVER = new AbortController().signal;
const WEIGHTS = Buffer.alloc(300_000, "weights ");
const CHAT = "owner/chat-GGUF";
const ENCODER = "owner/encoder";
const FILES: Readonly<Record<string, string | Buffer>> = {
  [`${CHAT}/README.md`]: "not needed",
  [`${CHAT}/config.json`]: "{}",
  [`${CHAT}/chat-Q4_K_M.gguf`]: "four bits",
  [`${CHAT}/chat-Q8_0.gguf`]: WEIGHTS,
  [`${ENCODER}/1_Pooling/config.json`]: "{}",
  [`${ENCODER}/config.json`]: "{}",
  [`${ENCODER}/modules.json`]: "[]",
  [`${ENCODER}/model.safetensors`]: "floats",
  [`${ENCODER}/onnx/model.onnx`]: "not needed",
};

interface House {
  readonly hub: FakeHub;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly cacheDirectory: string;
  readonly progress: Progress[];
  readonly notices: string[];
  /** As after a new start of the program, over the same cache. */
  readonly start: (options?: Partial<HubOptions>) => Hub;
}

async function house(t: TestContext, behaviour: HubBehaviour = {}): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "omniport-hub-"));
  await write(join(folder, "remote"), FILES);
  const hub = await startFakeHub(join(folder, "remote"), behaviour);
  t.after(async () => {
    await hub.close();
    await rm(folder, { recursive: true });
  });
  const cacheDirectory = join(folder, "cache");
  const progress: Progress[] = [];
  const notices: string[] = [];
  const options: HubOptions = {
    endpoint: hub.url,
    token: undefined,
    cacheDirectory,
    ownCacheDirectory: join(folder, "own"),
    derivedCacheDirectory: join(folder, "derived"),
    offline: false,
    allowedDirectories: [],
    mirrors: [],
    onProgress: (event) => progress.push(event),
    onNotice: (message) => notices.push(message),
    retryDelayMs: 1,
  };
  return { hub, folder, cacheDirectory, progress, notices, start: (more) => createHub({ ...options, ...more }) };
}

async function write(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

function ask(hub: Hub, name: string, purpose: Purpose = "chat", signal: AbortSignal = NEVER): Promise<Snapshot> {
  return hub.snapshot(parseReference(name), purpose, signal);
}

async function fails(promise: Promise<unknown>, code: EngineErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

/** An address where nothing listens. */
async function closedPort(folder: string): Promise<string> {
  const { url, close } = await startFakeHub(folder);
  await close();
  return url;
}

const contentRequests = (hub: FakeHub): readonly string[] =>
  hub.requests.filter((request) => request.includes("/resolve/")).map((request) => request.split("/").at(-1) ?? "");

test("a first download fills the cache as Hugging Face's own tools lay it out", async (t) => {
  const { start, cacheDirectory, progress } = await house(t);
  const snapshot = await ask(start(), CHAT);
  const folder = join(cacheDirectory, "models--owner--chat-GGUF");
  const commit = await readFile(join(folder, "refs", "main"), "utf8");
  assert.deepEqual(snapshot, {
    id: CHAT,
    directory: join(folder, "snapshots", commit),
    files: ["config.json", "chat-Q8_0.gguf"],
    revision: commit,
  });
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  assert.equal(await readlink(join(snapshot.directory, "chat-Q8_0.gguf")), join("..", "..", "blobs", sha256));
  assert.deepEqual(await readFile(join(snapshot.directory, "chat-Q8_0.gguf")), WEIGHTS);
  assert.deepEqual(
    new Set(await readdir(join(folder, "blobs"))),
    new Set([sha256, createHash("sha1").update("blob 2\0{}").digest("hex")]),
  );
  assert.deepEqual(progress.at(-1), { model: CHAT, doneBytes: 300_002, totalBytes: 300_002 });
});

test("files in folders become links that lead out of them", async (t) => {
  const { start } = await house(t);
  const { directory, files } = await ask(start(), ENCODER, "embedding");
  assert.deepEqual(files, ["1_Pooling/config.json", "config.json", "modules.json", "model.safetensors"]);
  const pointer = join(directory, "1_Pooling", "config.json");
  assert.match(await readlink(pointer), /^\.\.[\\/]\.\.[\\/]\.\.[\\/]blobs/);
  assert.equal(await readFile(pointer, "utf8"), "{}");
});

test("a second call transfers nothing, and a second start asks only for the commit", async (t) => {
  const { hub, start } = await house(t);
  const first = start();
  const snapshot = await ask(first, CHAT);
  const before = hub.requests.length;
  assert.deepEqual(await ask(first, CHAT), snapshot);
  assert.equal(hub.requests.length, before);
  assert.deepEqual(await ask(start(), CHAT), snapshot);
  assert.deepEqual(hub.requests.slice(before), [`GET /api/models/${CHAT}/revision/main`]);
});

test("a new commit is fetched, as far as its files are new", async (t) => {
  const { hub, folder, start } = await house(t);
  const old = await ask(start(), CHAT);
  await write(join(folder, "remote"), { [`${CHAT}/config.json`]: '{"new":1}' });
  const before = contentRequests(hub).length;
  const snapshot = await ask(start(), CHAT);
  assert.notEqual(snapshot.revision, old.revision);
  assert.deepEqual(contentRequests(hub).slice(before), ["config.json"]);
  assert.deepEqual((await ask(start(), `${CHAT}@${old.revision}`)).revision, old.revision);
});

test("files that were removed while the program runs are fetched again", async (t) => {
  const { start, cacheDirectory } = await house(t);
  const hub = start();
  const snapshot = await ask(hub, CHAT);
  await rm(cacheDirectory, { recursive: true });
  assert.deepEqual(await ask(hub, CHAT), snapshot);
  assert.deepEqual(await readFile(join(snapshot.directory, "chat-Q8_0.gguf")), WEIGHTS);
});

test("a transfer that was cut is continued from where it stopped", async (t) => {
  const { hub, start } = await house(t, { cutAfterBytes: 100_000 });
  const { directory } = await ask(start(), CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
  const [first, ...further] = contentRequests(hub).filter((request) => request.startsWith("chat"));
  assert.equal(first, "chat-Q8_0.gguf");
  const starts = further.map((request) => Number(/bytes=(\d+)-$/.exec(request)?.[1]));
  assert.ok(starts.length >= 2 && starts.every((start, index) => start > (starts[index - 1] ?? 0)), String(starts));
});

test("a server that sends no parts is read from the beginning", async (t) => {
  const { hub, start } = await house(t, { cutAfterBytes: 100_000, ignoreRange: true });
  await fails(ask(start(), CHAT), "no_network", /broke off after 100000 of 300000 bytes|other side closed|terminated/);
  hub.behaviour.cutAfterBytes = undefined;
  const { directory } = await ask(start(), CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
});

test("a kept beginning that was damaged is thrown away", async (t) => {
  const { cacheDirectory, start } = await house(t);
  const blobs = join(cacheDirectory, "models--owner--chat-GGUF", "blobs");
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  await write(blobs, { [`${sha256}.incomplete`]: "rubbish" });
  const { directory } = await ask(start(), CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
});

test("a lock that a dead process left behind holds nobody up", async (t) => {
  const { cacheDirectory, start } = await house(t);
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  const lock = join(cacheDirectory, "models--owner--chat-GGUF", "blobs", `${sha256}.lock`);
  await write(dirname(lock), { [`${sha256}.lock`]: "another-host 1" });
  await utimes(lock, 0, 0);
  await ask(start(), CHAT);
  await assert.rejects(lstat(lock));
});

test("a file that came damaged is fetched once more", async (t) => {
  const { hub, start } = await house(t, { damaged: ["chat-Q8_0.gguf"], damagedTimes: 1 });
  const { directory } = await ask(start(), CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
  assert.equal(contentRequests(hub).filter((request) => request.startsWith("chat")).length, 2);
});

test("a hub that is busy, or has a passing fault, is asked again after as long as it says", async (t) => {
  const refusals = [{ status: 429, retryAfter: "0" }, { status: 503 }];
  const { hub, start } = await house(t, { refusals });
  await ask(start(), CHAT);
  assert.deepEqual(
    hub.requests.slice(0, 3),
    Array.from({ length: 3 }, () => `GET /api/models/${CHAT}/revision/main`),
  );
});

test("a hub that stays busy, or asks for a long wait, is told of", async (t) => {
  const { hub, start } = await house(t, { refusals: [{ status: 429, retryAfter: "3600" }] });
  await fails(ask(start(), CHAT), "no_network", /answered 429.*Try again later/);
  assert.equal(hub.requests.length, 1);
  hub.behaviour.refusals = Array.from({ length: 3 }, () => ({ status: 500 }));
  await fails(ask(start(), CHAT), "no_network", /answered 500/);
  assert.equal(hub.requests.length, 4);
});

test("a hub that goes down in the middle of a file and comes back goes on with it", async (t) => {
  const { promise: hold } = Promise.withResolvers<void>();
  const { promise: held, resolve: onHold } = Promise.withResolvers<void>();
  const { hub, folder, start } = await house(t, { hold, onHold });
  const coming = ask(start({ retryDelayMs: 50 }), CHAT);
  await held;
  await hub.close();
  const again = await startFakeHub(join(folder, "remote"), {}, Number(new URL(hub.url).port));
  t.after(() => again.close());
  const { directory } = await coming;
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
  assert.ok(again.requests.some((request) => request.includes("chat-Q8_0.gguf")));
});

test("two processes that want the same model download it once", async (t) => {
  const { hub, folder, cacheDirectory } = await house(t);
  const options = { endpoint: hub.url, cacheDirectory, ownCacheDirectory: "", derivedCacheDirectory: "" };
  const script = `
    import { createHub } from ${JSON.stringify(new URL("hub.ts", import.meta.url).href)};
    const options = { ...${JSON.stringify(options)}, offline: false, allowedDirectories: [], mirrors: [] };
    const hub = createHub({ ...options, onProgress() {}, onNotice() {} });
    const reference = { kind: "repo", repo: "${CHAT}", revision: "main" };
    console.log((await hub.snapshot(reference, "chat", new AbortController().signal)).files.join());
    process.exit();`;
  const path = join(folder, "pull.mjs");
  await writeFile(path, script);
  const run = promisify(execFile);
  const outputs = await Promise.all([1, 2].map(() => run(process.execPath, [path])));
  assert.deepEqual(
    outputs.map(({ stdout }) => stdout.trim()),
    Array.from({ length: 2 }, () => "config.json,chat-Q8_0.gguf"),
  );
  assert.deepEqual(contentRequests(hub).toSorted(), ["chat-Q8_0.gguf", "config.json"]);
});

test("weights of an architecture that cannot run are not downloaded", async (t) => {
  const { hub, folder, start } = await house(t);
  const config = JSON.stringify({ architectures: ["HologramForCausalLM"] });
  await write(join(folder, "remote", "owner/strange"), { "config.json": config, "model.safetensors": WEIGHTS });
  await fails(ask(start(), "owner/strange"), "unsupported", /HologramForCausalLM.*supported: LlamaForCausalLM/);
  await fails(ask(start(), "owner/strange", "embedding"), "unsupported", /HologramForCausalLM.*supported: BertModel/);
  await fails(ask(start(), "owner/strange", "rerank"), "unsupported", /HologramForCausalLM.*supported: BertFor/);
  assert.deepEqual(contentRequests(hub), ["config.json"]);
});

test("what a model is made for is told by the hub's files, or by those on disk", async (t) => {
  const { hub, folder, start } = await house(t);
  const config = JSON.stringify({ architectures: ["XLMRobertaForSequenceClassification"] });
  await write(join(folder, "remote", "owner/ranker"), { "config.json": config, "model.safetensors": WEIGHTS });
  const purposeOf = (hub: Hub, name: string): Promise<Purpose> => hub.purposeOf(parseReference(name), NEVER);
  assert.equal(await purposeOf(start(), CHAT), "chat");
  assert.equal(await purposeOf(start(), ENCODER), "embedding");
  assert.equal(await purposeOf(start(), "owner/ranker"), "rerank");
  await ask(start(), ENCODER, "embedding");
  const before = hub.requests.length;
  assert.equal(await purposeOf(start(), ENCODER), "embedding");
  assert.equal(hub.requests.length, before);
});

test("what is being downloaded is not removed", async (t) => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: onHold } = Promise.withResolvers<void>();
  const { start } = await house(t, { hold, onHold });
  const hub = start();
  const coming = ask(hub, CHAT);
  await held;
  await fails(hub.remove(CHAT), "busy", /being downloaded/);
  release();
  await coming;
  await hub.remove(CHAT);
  assert.deepEqual(await hub.cached(), []);
});

test("damaged content is refused and removed, large and small", async (t) => {
  const { hub, cacheDirectory, start } = await house(t, { damaged: ["chat-Q8_0.gguf"] });
  await fails(ask(start(), CHAT), "corrupt", /checksum is [0-9a-f]{64}, not/);
  hub.behaviour.damaged = ["modules.json"];
  await fails(ask(start(), ENCODER, "embedding"), "corrupt", /checksum is [0-9a-f]{40}, not/);
  const left = await readdir(cacheDirectory, { recursive: true });
  assert.deepEqual(
    left.filter((name) => /incomplete|lock|snapshots|refs/.test(name)),
    [],
  );
});

test("gated, missing, wrong token, no such revision: each has its own error", async (t) => {
  const { start } = await house(t, { gated: [CHAT], token: "right" });
  await fails(ask(start(), CHAT), "gated", new RegExp(`licence at http://127.*/${CHAT} .*HF_TOKEN`));
  await ask(start({ token: "right" }), CHAT);
  await fails(ask(start(), "owner/none"), "model_not_found", /no model 'owner\/none'/);
  await fails(ask(start({ token: "right" }), "owner/none"), "model_not_found", /no model 'owner\/none'/);
  await fails(ask(start({ token: "wrong" }), ENCODER, "embedding"), "bad_token", /HF_TOKEN/);
  await fails(ask(start(), `${ENCODER}@v9`), "model_not_found", /no such revision.*v9/);
  await fails(ask(start(), ENCODER), "unsupported", /no GGUF file.*model\.safetensors/);
  await fails(ask(start(), `${CHAT}:Q5_0`), "model_not_found", /'Q5_0'.*Q4_K_M, Q8_0/);
});

test("the token goes to the hub only, not to where it redirects", async (t) => {
  const { hub, start } = await house(t, { token: "secret" });
  await ask(start({ token: "secret" }), CHAT);
  assert.deepEqual(hub.cdnAuthorizations, [undefined]);
});

test("a repository that was renamed is found under its old name", async (t) => {
  const { start } = await house(t, { renamed: { "owner/old-GGUF": CHAT } });
  const { id, files } = await ask(start(), "owner/old-GGUF:q4_k_m");
  assert.deepEqual([id, files], ["owner/old-GGUF", ["config.json", "chat-Q4_K_M.gguf"]]);
});

test("without a network the cache serves in silence, and what is not in it is an error", async (t) => {
  const { folder, start, notices } = await house(t);
  const snapshot = await ask(start(), CHAT);
  const endpoint = await closedPort(folder);
  const lonely = start({ endpoint });
  assert.deepEqual(await ask(lonely, CHAT), snapshot);
  assert.deepEqual(notices, []);
  await fails(ask(lonely, ENCODER, "embedding"), "no_network", /could not be reached.*ECONNREFUSED.*HF_ENDPOINT/);
  await fails(ask(lonely, `${CHAT}:Q4_K_M`), "no_network", /could not be reached/);
});

test("offline, nothing is asked for", async (t) => {
  const { hub, start } = await house(t);
  const snapshot = await ask(start(), CHAT);
  const before = hub.requests.length;
  assert.deepEqual(await ask(start({ offline: true }), CHAT), snapshot);
  await fails(ask(start({ offline: true }), ENCODER, "embedding"), "no_network", /HF_HUB_OFFLINE/);
  assert.equal(hub.requests.length, before);
});

test("a hub that refuses what is in the cache is mentioned, and the cache serves", async (t) => {
  const { folder, start, notices } = await house(t);
  const snapshot = await ask(start(), CHAT);
  await rm(join(folder, "remote", CHAT), { recursive: true });
  assert.deepEqual(await ask(start(), CHAT), snapshot);
  assert.match(notices.join(), /no model 'owner\/chat-GGUF'.*in the cache/);
});

test("a disk without room is told before anything is transferred", async (t) => {
  const { hub, start } = await house(t, { sizes: { "chat-Q4_K_M.gguf": 2 ** 52 } });
  await fails(ask(start(), `${CHAT}:Q4_K_M`), "disk_full", /4503599627370498 bytes .* are needed, \d+ .* are free/);
  assert.deepEqual(contentRequests(hub), []);
});

test("callers at the same time share one download, and one who leaves does not end it", async (t) => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const { hub, start } = await house(t, { hold });
  const gateway = start();
  const leaver = new AbortController();
  const [left, ...others] = [leaver.signal, NEVER, NEVER].map((signal) => ask(gateway, CHAT, "chat", signal));
  const other = start(); // As another process over the same cache would be.
  const elsewhere = ask(other, CHAT);
  leaver.abort(new Error("gone"));
  await assert.rejects(left ?? Promise.resolve(), /gone/);
  release();
  const snapshots = await Promise.all([...others, elsewhere]);
  assert.equal(new Set(snapshots.map((snapshot) => snapshot.directory)).size, 1);
  assert.deepEqual(contentRequests(hub).toSorted(), ["chat-Q8_0.gguf", "config.json"]);
});

test("when the last caller leaves, the transfer stops, and the next one continues it", async (t) => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: onHold } = Promise.withResolvers<void>();
  const { hub, start } = await house(t, { hold, onHold });
  const controller = new AbortController();
  const gateway = start();
  const waiting = ask(gateway, CHAT, "chat", controller.signal);
  await held;
  controller.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  hub.behaviour.hold = undefined;
  const { directory } = await ask(gateway, CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
  release();
});

test("paths are served from the allowed folders only, links followed", async (t) => {
  const { folder, start } = await house(t);
  const inside = join(folder, "models");
  await write(inside, { "m/config.json": "{}", "m/m-Q4_0.gguf": "x", "one.gguf": "y", "notes.txt": "z" });
  await write(folder, { "outside/m-Q4_0.gguf": "x" });
  await symlink(join(folder, "outside"), join(inside, "link"));
  await mkdir(join(inside, "tricky"));
  await symlink(join(folder, "outside", "m-Q4_0.gguf"), join(inside, "tricky", "m-Q4_0.gguf"));
  const hub = start({ allowedDirectories: [inside] });
  const { revision, ...snapshot } = await ask(hub, `${inside}/m:q4_0`);
  assert.deepEqual(snapshot, {
    id: `${inside}/m`,
    directory: join(inside, "m"),
    files: ["config.json", "m-Q4_0.gguf"],
  });
  assert.match(revision, /^[0-9a-f]{40}$/);
  assert.deepEqual((await ask(hub, join(inside, "one.gguf"))).files, ["one.gguf"]);
  await fails(ask(hub, join(folder, "outside")), "bad_request", /local\.directories/);
  await fails(ask(hub, join(inside, "link")), "bad_request", /local\.directories/);
  await fails(ask(hub, join(inside, "tricky")), "bad_request", /local\.directories/);
  await fails(ask(hub, `${inside}-not`), "bad_request", /local\.directories/);
  await fails(ask(hub, join(inside, "none")), "model_not_found", /no folder or file/);
  await fails(ask(hub, join(inside, "notes.txt")), "bad_request", /\.gguf file, or a folder/);
  await fails(ask(hub, join(inside, "m"), "embedding"), "unsupported", /model\.safetensors/);
});

test("what is in the cache is listed as a client would name it", async (t) => {
  const { start } = await house(t);
  const hub = start();
  assert.deepEqual(await hub.cached(), []);
  await ask(hub, CHAT);
  await ask(hub, `${CHAT}:Q4_K_M`);
  await ask(hub, ENCODER, "embedding");
  assert.deepEqual(
    (await hub.cached()).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    [
      { name: `${CHAT}:Q4_K_M`, purpose: "chat", bytes: 9 },
      { name: `${CHAT}:Q8_0`, purpose: "chat", bytes: 300_000 },
      { name: ENCODER, purpose: "embedding", bytes: 12 },
    ],
  );
});

test("a link whose content was removed counts as missing", async (t) => {
  const { hub, cacheDirectory, start } = await house(t);
  await ask(start(), CHAT);
  const sha256 = createHash("sha256").update(WEIGHTS).digest("hex");
  await unlink(join(cacheDirectory, "models--owner--chat-GGUF", "blobs", sha256));
  const { directory } = await ask(start(), CHAT);
  assert.deepEqual(await readFile(join(directory, "chat-Q8_0.gguf")), WEIGHTS);
  assert.deepEqual(contentRequests(hub).toSorted(), ["chat-Q8_0.gguf", "chat-Q8_0.gguf", "config.json"]);
});
