import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type OpenAI from "openai";
import { BadRequestError, InternalServerError, NotFoundError } from "openai";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { cosine, tinyEncoder } from "../src/engine/embed/fixtures/tiny.ts";
import { events, startEvents } from "./fakes/openai.ts";
import { type FakeHub, startFakeHub } from "./fakes/hub.ts";
import { openaiClient, post, startFronted } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { ended, enginesOf } from "./processes.ts";

const TIME_LIMIT = { timeout: 120_000 };
const chatFixture = tinyModel("llama-3");
const embedFixture = tinyEncoder("all-MiniLM");
const yaml = `local: { directories: [${fileURLToPath(new URL("../src/engine", import.meta.url))}] }`;
const CHAT = `huggingface/${chatFixture.snapshot.directory}`;
const EMBED = `huggingface/${embedFixture.snapshot.directory}`;

const [oracle] = chatFixture.oracle.chat;
const messages = (oracle?.messages ?? []).map(({ content }) => ({ role: "user" as const, content }));
/** What transformers computes from the same weights. */
const greedy: OpenAI.ChatCompletionCreateParamsNonStreaming = { model: CHAT, messages, temperature: 0, max_tokens: 16 };

let folder: string;
let hub: FakeHub;
let server: TestServer;
let client: OpenAI;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-hub-"));
  await cp(chatFixture.snapshot.directory, join(folder, "tiny/llama"), { recursive: true });
  await cp(embedFixture.snapshot.directory, join(folder, "tiny/encoder"), { recursive: true });
  await cp(embedFixture.snapshot.directory, join(folder, "tiny/strange"), { recursive: true });
  const path = join(folder, "tiny/strange/config.json");
  const config = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...config, architectures: ["HologramModel"], model_type: "hologram" }));
  hub = await startFakeHub(folder);
  server = await startOmniport({ HF_ENDPOINT: hub.url }, yaml);
  client = openaiClient(server);
});

after(async () => {
  await server.close();
  await hub.close();
  await rm(folder, { recursive: true });
});

test("a local model's chat is the one that transformers computes, whole and streamed", TIME_LIMIT, async () => {
  const whole = await client.chat.completions.create(greedy);
  assert.equal(whole.choices[0]?.message.content, oracle?.greedy_text);
  assert.equal(whole.choices[0]?.finish_reason, "length");
  assert.equal(whole.usage?.prompt_tokens, oracle?.prompt_ids.length);
  assert.equal(whole.usage?.completion_tokens, 16);

  const stream_options = { include_usage: true };
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({ ...greedy, stream: true, stream_options }),
  );
  assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), oracle?.greedy_text);
  assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, "length");
  assert.equal(chunks.at(-1)?.usage?.total_tokens, whole.usage?.total_tokens);
});

test("a local stream without usage ends in [DONE], like any other", TIME_LIMIT, async () => {
  const response = await post(`${server.api}/chat/completions`, JSON.stringify({ ...greedy, stream: true }));
  const text = await response.text();
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.ok(text.endsWith('"finish_reason":"length"}]}\n\ndata: [DONE]\n\n'), text.slice(-300));
  assert.ok(!text.includes("usage"));
});

test("a local model's embeddings are those of sentence-transformers", TIME_LIMIT, async () => {
  const texts = embedFixture.oracle.embeddings.slice(0, 5);
  const { data } = await client.embeddings.create({ model: EMBED, input: texts.map(({ text }) => text) });
  for (const [index, { text, vector }] of texts.entries()) {
    assert.ok(cosine(data[index]?.embedding ?? [], vector) >= 0.9999, text);
  }
});

test(
  "models are fetched from the hub when they are first asked for, and are listed from then on",
  TIME_LIMIT,
  async () => {
    const answer = await client.chat.completions.create({ ...greedy, model: "huggingface/tiny/llama" });
    assert.equal(answer.choices[0]?.message.content, oracle?.greedy_text);
    const { data } = await client.embeddings.create({ model: "hf/tiny/encoder", input: "hi" });
    assert.equal(data[0]?.embedding.length, embedFixture.oracle.dim);
    const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
    assert.ok(ids.includes("huggingface/tiny/encoder"), ids.join(", "));
    assert.ok(
      ids.some((id) => id.startsWith("huggingface/tiny/llama")),
      ids.join(", "),
    );
  },
);

test("a repository that does not exist is a 404", TIME_LIMIT, async () => {
  const call = client.chat.completions.create({ ...greedy, model: "huggingface/nobody/nothing" });
  await assert.rejects(call, (error) => error instanceof NotFoundError && error.code === "model_not_found");
});

test("an architecture that is not supported is a 501 that names it", TIME_LIMIT, async () => {
  const call = client.embeddings.create({ model: "huggingface/tiny/strange", input: "hi" });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof InternalServerError);
    assert.equal(error.status, 501);
    assert.match(error.message, /HologramModel|hologram/);
    return true;
  });
});

test("a chat with an encoder is a 501 that says what to choose", TIME_LIMIT, async () => {
  const call = client.chat.completions.create({ ...greedy, model: EMBED });
  await assert.rejects(call, (error) => error instanceof InternalServerError && error.status === 501);
});

test("a path outside of the named folders is a 400", TIME_LIMIT, async () => {
  for (const path of [tmpdir(), "/etc/passwd", `${chatFixture.snapshot.directory}/../../../../..`]) {
    const call = client.chat.completions.create({ ...greedy, model: `huggingface/${path}` });
    await assert.rejects(call, BadRequestError, path);
  }
});

test("a conversation longer than the model's context is a 400", TIME_LIMIT, async () => {
  const long = [{ role: "user" as const, content: "word ".repeat(2000) }];
  const call = client.chat.completions.create({ ...greedy, messages: long });
  await assert.rejects(call, (error) => error instanceof BadRequestError && error.code === "context_length_exceeded");
});

test("a client that leaves a local stream does not keep the model", TIME_LIMIT, async () => {
  const body = JSON.stringify({ ...greedy, max_tokens: null, stream: true });
  for (let i = 0; i < 20; i++) {
    const left = new AbortController();
    const response = await post(`${server.api}/chat/completions`, body, { signal: left.signal });
    await response.body?.getReader().read();
    left.abort();
  }
  const answer = await client.chat.completions.create(greedy);
  assert.equal(answer.choices[0]?.message.content, oracle?.greedy_text);
});

test(
  "a killed engine ends its streams with an error and touches no cloud stream; the next call works",
  TIME_LIMIT,
  async () => {
    const cloud = Promise.withResolvers<ServerResponse>();
    const all = events("gpt-4o", "one two three");
    await using fronted = await startFronted({
      answer: (_, response) => startEvents(response).write(all.slice(0, 2).join(""), () => cloud.resolve(response)),
      yaml,
    });
    const others = enginesOf();
    await fronted.client.chat.completions.create(greedy); // the model is loaded
    const engine = newEngine(others);

    const body = JSON.stringify({ model: "gpt-4o", messages, stream: true });
    const beside = await post(`${fronted.server.api}/chat/completions`, body);
    const provider = await cloud.promise;
    const stream = await fronted.client.chat.completions.create({ ...greedy, max_tokens: null, stream: true });
    process.kill(engine, "SIGKILL");
    await assert.rejects(Array.fromAsync(stream), { type: "api_error", code: "engine_stopped" });
    await ended(engine);

    provider.end(all.slice(2).join(""));
    assert.equal(await beside.text(), all.join(""));

    const answer = await fronted.client.chat.completions.create(greedy);
    assert.equal(answer.choices[0]?.message.content, oracle?.greedy_text);
    assert.notEqual(newEngine(others), engine);
  },
);

test("the engine ends with the server", TIME_LIMIT, async () => {
  const others = enginesOf();
  const own = await startOmniport({}, yaml);
  await openaiClient(own).chat.completions.create(greedy);
  const engine = newEngine(others);
  await own.close();
  await ended(engine);
});

test("the engine ends with a server that is killed", TIME_LIMIT, async () => {
  await writeFile(join(folder, "omniport.yaml"), yaml);
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const environment = { PATH: process.env["PATH"], HOME: folder, PORT: "0", LANG: "C", OMNIPORT_THREADS: "1" };
  const program = spawn(process.execPath, [main], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = await printedUrl(program.stdout);
  const response = await post(`${url}/v1/chat/completions`, JSON.stringify(greedy));
  assert.equal(response.status, 200);
  const engine = newEngine([], program.pid);
  program.kill("SIGKILL");
  await once(program, "exit");
  await ended(engine);
});

/** The one that was not there before. */
function newEngine(others: readonly number[], parent?: number): number {
  const engine = enginesOf(parent).find((pid) => !others.includes(pid));
  assert.ok(engine !== undefined, "no engine was started");
  return engine;
}

async function printedUrl(output: AsyncIterable<Buffer>): Promise<string> {
  let printed = "";
  for await (const part of output) {
    printed += part.toString();
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`No address was printed: ${printed}`);
}
