import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import OpenAI, { AuthenticationError, NotFoundError } from "openai";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { cosine, tinyEncoder } from "../src/engine/embed/fixtures/tiny.ts";
import { startFakeHub, type FakeHub } from "./fakes/hub.ts";
import { startFakeProvider } from "./fakes/openai.ts";
import { openaiClient } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

const TIME_LIMIT = { timeout: 120_000 };
const chatFixture = tinyModel("llama-3");
const embedFixture = tinyEncoder("all-MiniLM");
const [oracle] = chatFixture.oracle.chat;
const greedy = {
  messages: (oracle?.messages ?? []).map(({ content }) => ({ role: "user" as const, content })),
  temperature: 0,
  max_tokens: 16,
};

let folder: string;
let hub: FakeHub;
let engine: ChildProcess;
let engineUrl: string;
let printed: readonly string[];
let gateway: TestServer;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-elsewhere-"));
  await cp(chatFixture.snapshot.directory, join(folder, "tiny/llama"), { recursive: true });
  await cp(embedFixture.snapshot.directory, join(folder, "sentence-transformers/tiny"), { recursive: true });
  hub = await startFakeHub(folder);
  ({ engine, printed } = await startEngine());
  engineUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(printed[0] ?? "")?.[0] ?? "";
  gateway = await startOmniport({
    HUGGINGFACE_BASE_URL: `${engineUrl}/v1`,
    HUGGINGFACE_API_KEY: "between-us",
    HF_ENDPOINT: "http://127.0.0.1:9", // nobody: the gateway must not ask the hub itself
  });
});

after(async () => {
  await gateway.close();
  engine.kill("SIGKILL");
  await hub.close();
  await rm(folder, { recursive: true });
});

/** The program as the machine with the models runs it, up to the last line that it prints. */
async function startEngine(): Promise<{ engine: ChildProcess; printed: readonly string[] }> {
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const engine = spawn(process.execPath, [main, "engine", "--host", "127.0.0.1", "--port", "0"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      LANG: "C",
      LOG_LEVEL: "error",
      OMNIPORT_THREADS: "1",
      OMNIPORT_API_KEY: "between-us",
      OPENAI_API_KEY: "sk-not-for-the-engine",
      HF_ENDPOINT: hub.url,
      HUGGINGFACE_BASE_URL: "http://127.0.0.1:9/v1", // an engine sends no calls on
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: engine.stdout })) {
    lines.push(line);
    if (line.startsWith("  curl ")) break;
  }
  return { engine, printed: lines };
}

test("an engine prints what to set on the machine of the gateway, and no key", () => {
  assert.match(printed[0] ?? "", /^Omniport \d+\.\d+\.\d+ serves this machine's models on http:\/\/127\.0\.0\.1:\d+$/);
  const text = printed.join("\n");
  assert.ok(text.includes(`\n  HUGGINGFACE_BASE_URL=${engineUrl}/v1\n  HUGGINGFACE_API_KEY=<`), text);
  assert.doesNotMatch(text, /between-us|OpenAI/);
});

test("the gateway's huggingface/… is answered by the engine elsewhere, whole and streamed", TIME_LIMIT, async () => {
  const client = openaiClient(gateway);
  for (const model of ["huggingface/tiny/llama", "hf/tiny/llama"]) {
    const whole = await client.chat.completions.create({ ...greedy, model });
    assert.equal(whole.choices[0]?.message.content, oracle?.greedy_text, model);
  }
  const model = "huggingface/tiny/llama";
  const chunks = await Array.fromAsync(await client.chat.completions.create({ ...greedy, model, stream: true }));
  assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), oracle?.greedy_text);
});

test("sentence-transformers/… leads there, too", TIME_LIMIT, async () => {
  const [first] = embedFixture.oracle.embeddings;
  assert.ok(first);
  for (const model of ["sentence-transformers/tiny", "huggingface/sentence-transformers/tiny"]) {
    const { data } = await openaiClient(gateway).embeddings.create({ model, input: first.text });
    assert.ok(cosine(data[0]?.embedding ?? [], first.vector) >= 0.9999, model);
  }
});

test("the gateway lists the engine's models, each under one prefix", TIME_LIMIT, async () => {
  const ids = (await Array.fromAsync(openaiClient(gateway).models.list())).map(({ id }) => id);
  assert.ok(ids.includes("huggingface/local/chat"), ids.join(", "));
  assert.ok(!ids.some((id) => id.startsWith("huggingface/huggingface/")), ids.join(", "));
});

test("an engine answers for models of its own alone, and to its key alone", TIME_LIMIT, async () => {
  const own = new OpenAI({ baseURL: `${engineUrl}/v1`, apiKey: "between-us", maxRetries: 0 });
  const direct = await own.chat.completions.create({ ...greedy, model: "huggingface/tiny/llama" });
  assert.equal(direct.choices[0]?.message.content, oracle?.greedy_text);
  await assert.rejects(own.chat.completions.create({ ...greedy, model: "openai/gpt-4o" }), NotFoundError);
  const stranger = new OpenAI({ baseURL: `${engineUrl}/v1`, apiKey: "guessed", maxRetries: 0 });
  await assert.rejects(stranger.chat.completions.create({ ...greedy, model: "tiny/llama" }), AuthenticationError);
});

test("the hub's token stays in the house: a server elsewhere gets its own key or none", async () => {
  await using server = await startFakeProvider();
  for (const key of ["own-key", undefined]) {
    const environment = { HF_TOKEN: "hf_house", ...(key !== undefined && { HUGGINGFACE_API_KEY: key }) };
    await using front = await startOmniport({ HUGGINGFACE_BASE_URL: server.url, ...environment });
    await openaiClient(front).chat.completions.create({ ...greedy, model: "huggingface/tiny/llama" });
    const { headers, body } = server.calls.at(-1) ?? {};
    assert.equal(body?.model, "tiny/llama");
    assert.equal(headers?.authorization, key === undefined ? undefined : `Bearer ${key}`);
    assert.ok(!JSON.stringify(headers).includes("hf_house"));
  }
});

test("SIGTERM ends the engine with 0", TIME_LIMIT, async () => {
  engine.kill("SIGTERM");
  const [exitCode] = await once(engine, "exit");
  assert.equal(exitCode, 0);
});
