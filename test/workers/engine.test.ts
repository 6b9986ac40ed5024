import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Model } from "../../src/api/models.ts";
import { cosine, tinyEncoder } from "../../src/engine/embed/fixtures/tiny.ts";
import { type FakeHub, startFakeHub } from "../fakes/hub.ts";
import { enginesOf, heardOf } from "../processes.ts";
import { send } from "../raw-http.ts";
import { type ServerOfWorkers, startServerOfWorkers } from "./server-of-workers.ts";

const TIME_LIMIT = { timeout: 120_000 };
const CALLS = 24;
const MODEL = "huggingface/tiny/encoder";
const { snapshot, oracle } = tinyEncoder("all-MiniLM");
const [known] = oracle.embeddings;

let folder: string;
let hub: FakeHub;
let server: ServerOfWorkers;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-workers-"));
  await mkdir(join(folder, "remote/tiny"), { recursive: true });
  await cp(snapshot.directory, join(folder, "remote/tiny/encoder"), { recursive: true });
  hub = await startFakeHub(join(folder, "remote"));
  const environment = { HF_ENDPOINT: hub.url, HF_HOME: join(folder, "huggingface"), OMNIPORT_THREADS: "1" };
  server = await startServerOfWorkers({ workers: 3, environment });
});

after(async () => {
  await server[Symbol.asyncDispose]();
  await hub.close();
  await rm(folder, { recursive: true });
});

const several = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: CALLS }, work));

const engines = (): number[] => enginesOf(server.program.process.pid ?? 0);

async function embed(): Promise<void> {
  const input = known?.text ?? "";
  const { data } = await server.client.embeddings.create({ model: MODEL, input, encoding_format: "float" });
  assert.ok(cosine(data[0]?.embedding ?? [], known?.vector ?? []) >= 0.9999);
}

async function manage(what: "pull" | "load" | "unload"): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model: MODEL });
  const { status, text } = await send(server.program.url, { path: `/v1/models/${what}`, headers, body });
  assert.equal(status, 200, text);
}

/** As each worker has it. */
async function states(): Promise<readonly (string | undefined)[]> {
  const texts = await several(() => send(server.program.url, { method: "GET", path: `/v1/models/${MODEL}` }));
  return [...new Set(texts.map(({ text }) => (JSON.parse(text) as Model).omniport?.state))];
}

test("a model is absent, downloaded once, loaded and unloaded for all workers", TIME_LIMIT, async () => {
  assert.deepEqual([await states(), engines()], [["absent"], []]);
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  Object.assign(hub.behaviour, { hold: release.promise, onHold: held.resolve });
  const pulling = several(() => manage("pull"));
  await held.promise;
  assert.deepEqual(await states(), ["downloading"]);
  release.resolve();
  await pulling;
  assert.deepEqual(await states(), ["ready"]);
  assert.equal(hub.requests.filter((request) => request.endsWith("model.safetensors")).length, 1);
  await manage("load");
  assert.deepEqual(await states(), ["loaded"]);
  await manage("unload");
  assert.deepEqual([await states(), engines().length], [["ready"], 1]);
});

test("one engine computes for all workers; one that dies is replaced once", TIME_LIMIT, async () => {
  await several(embed);
  const [victim = 0, ...others] = engines();
  assert.deepEqual(others, []);
  process.kill(victim, "SIGKILL");
  await heardOf(victim);
  await several(embed);
  const now = engines();
  assert.equal(now.length, 1);
  assert.notEqual(now[0], victim);
});
