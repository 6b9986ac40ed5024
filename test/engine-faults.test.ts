import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type OpenAI from "openai";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { tinyEncoder } from "../src/engine/embed/fixtures/tiny.ts";
import { openaiClient, post } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";
import { ended, heardOf, enginesOf } from "./processes.ts";

const TIME_LIMIT = { timeout: 120_000 };
const chatFixture = tinyModel("llama-3");
const embedFixture = tinyEncoder("all-MiniLM");
/** A dead engine is told to the client, instead of being hidden by a second attempt. */
const yaml = `
local: { directories: [${fileURLToPath(new URL("../src/engine", import.meta.url))}] }
retries: 0
`;
const CHAT = `huggingface/${chatFixture.snapshot.directory}`;
const EMBED = `huggingface/${embedFixture.snapshot.directory}`;
const STOPPED = { status: 503, code: "engine_stopped" };

const [oracle] = chatFixture.oracle.chat;
const messages = (oracle?.messages ?? []).map(({ content }) => ({ role: "user" as const, content }));
const greedy: OpenAI.ChatCompletionCreateParamsNonStreaming = { model: CHAT, messages, temperature: 0, max_tokens: 16 };

let server: TestServer;
let client: OpenAI;

before(async () => {
  server = await startOmniport({}, yaml);
  client = openaiClient(server);
});

after(async () => {
  await server.close();
});

/** The one process that this server has started. */
async function engine(): Promise<number> {
  for (;;) {
    const [pid] = enginesOf();
    if (pid !== undefined) return pid;
    await setTimeout(5);
  }
}

async function answersAgain(): Promise<void> {
  const answer = await client.chat.completions.create(greedy);
  assert.equal(answer.choices[0]?.message.content, oracle?.greedy_text);
}

/** Holds the engine still, so that the call is underway whenever the engine is killed. */
async function killedDuring(start: () => Promise<unknown>): Promise<void> {
  const pid = await engine();
  process.kill(pid, "SIGSTOP");
  const call = start();
  call.catch(() => undefined);
  await Promise.race([call, setTimeout(50)]);
  process.kill(pid, "SIGKILL");
  await assert.rejects(call, STOPPED);
  await ended(pid);
}

test("an engine that is killed while it starts is a 503, and the next call starts another", TIME_LIMIT, async () => {
  const call = client.chat.completions.create(greedy);
  call.catch(() => undefined);
  const pid = await engine();
  process.kill(pid, "SIGKILL");
  await assert.rejects(call, STOPPED);
  await ended(pid);
  await answersAgain();
});

test(
  "an engine that is killed before an answer, or while it embeds, is a 503; the next call works",
  TIME_LIMIT,
  async () => {
    await killedDuring(async () => client.chat.completions.create(greedy));
    await answersAgain();
    await client.embeddings.create({ model: EMBED, input: "hi" });
    await killedDuring(async () => client.embeddings.create({ model: EMBED, input: "hi" }));
    assert.equal((await client.embeddings.create({ model: EMBED, input: "hi" })).data.length, 1);
  },
);

test("an engine that is killed while it streams ends the stream with an error event", TIME_LIMIT, async () => {
  await answersAgain();
  const body = JSON.stringify({ ...greedy, max_tokens: null, stream: true });
  const response = await post(`${server.api}/chat/completions`, body);
  process.kill(await engine(), "SIGKILL");
  const text = await response.text();
  assert.match(text, /"code":"engine_stopped"/);
  assert.ok(!text.includes("[DONE]"), text.slice(-300));
  await answersAgain();
});

test("an engine that is killed while it idles is missed by nobody", TIME_LIMIT, async () => {
  await answersAgain();
  const pid = await engine();
  process.kill(pid, "SIGKILL");
  await heardOf(pid);
  await answersAgain();
});

test("five hundred embeddings at once are all answered", TIME_LIMIT, async () => {
  const texts = embedFixture.oracle.embeddings.map(({ text }) => text);
  const inputs = Array.from({ length: 500 }, (_, index) => texts[index % texts.length] ?? "");
  const answers = await Promise.all(inputs.map((input) => client.embeddings.create({ model: EMBED, input })));
  assert.ok(answers.every(({ data }) => data[0]?.embedding.length === embedFixture.oracle.dim));
});

test(
  "a model larger than the memory for models is refused with what it needs, and what there is",
  TIME_LIMIT,
  async () => {
    await using small = await startOmniport({ OMNIPORT_MEMORY: "1MB" }, yaml);
    await assert.rejects(openaiClient(small).chat.completions.create(greedy), (error) => {
      assert.match(
        String(error),
        /507 .* needs about 0\.1\d GB \(\d+ bytes\) of memory, and 0\.00 GB \(1000000 bytes\)/,
      );
      assert.match(String(error), /OMNIPORT_MEMORY/);
      return true;
    });
  },
);

test("a model that is to be loaded at the start is there before the first call", TIME_LIMIT, async () => {
  await using own = await startOmniport({ OMNIPORT_PRELOAD: chatFixture.snapshot.directory }, yaml);
  const pids = enginesOf();
  assert.ok(own.url);
  while (enginesOf().length === pids.length && pids.length < 2) await setTimeout(10);
  const answer = await openaiClient(own).chat.completions.create(greedy);
  assert.equal(answer.choices[0]?.message.content, oracle?.greedy_text);
});
