import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { type Answer, events, startEvents } from "./fakes/openai.ts";
import { type Fronted, post, startFronted } from "./fronted.ts";
import { openSocket } from "./raw-http.ts";

/** From the client's leaving to the end of the provider's call. */
const LIMIT_MS = 100;
/** The machine may be busy with something else: the median of so many tries counts. */
const TRIES = 5;

interface Situation {
  readonly answer: Answer;
  readonly path?: string;
  readonly stream: boolean;
  /** Whether the client has read something before it leaves. */
  readonly reads?: boolean;
}

const all = events("gpt-4o", "one two three");
/** A stream's first words: what comes before them is held back until it is known to be an answer. */
const first = all.slice(0, 2).join("");
const others = all.slice(2);
const silent: Answer = () => undefined;

const situations: Readonly<Record<string, Situation>> = {
  "while the provider is silent": { answer: silent, stream: true },
  "in a call that is not streamed": { answer: silent, stream: false },
  "in a call for embeddings": { answer: silent, stream: false, path: "/embeddings" },
  "before the first token": { answer: (_, response) => startEvents(response).flushHeaders(), stream: true },
  "after the head of a whole answer": {
    answer: (_, response) => response.writeHead(200, { "content-type": "application/json" }).write('{"id":'),
    stream: false,
  },
  "when a stream has gone silent": {
    answer: (_, response) => startEvents(response).write(first),
    stream: true,
    reads: true,
  },
  "in the middle of a stream": { answer: (_, response) => speakOn(response), stream: true, reads: true },
};

for (const [when, situation] of Object.entries(situations)) {
  test(`a client that leaves ${when} ends the provider's call within ${LIMIT_MS} ms`, async () => {
    await using fronted = await startFronted({ answer: situation.answer });
    const times: number[] = [];
    for (let i = 0; i < TRIES; i++) times.push(await msToEnd(fronted, situation));
    const median = times.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)] ?? Number.NaN;
    assert.ok(median < LIMIT_MS, `${times.map(Math.round).join(", ")} ms`);
  });
}

test("a client that leaves while it sends its body leaves nothing behind", async () => {
  await using fronted = await startFronted();
  const socket = openSocket(fronted.server.url);
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
  await new Promise((resolve) => socket.write(`${head}content-length: 100\r\n\r\n{"model":`, resolve));
  socket.resetAndDestroy();
  const response = await fetch(`${fronted.server.url}/health`);
  assert.equal(response.status, 200);
  assert.deepEqual(fronted.provider.calls, []);
});

test("a client that reads to the end ends nothing", async () => {
  await using fronted = await startFronted();
  await (await post(`${fronted.server.api}/chat/completions`, body(true))).text();
  assert.equal((await fronted.provider.calls[0]?.closed)?.wasComplete, true);
});

const WANTED_BYTES = 50 * 1024 * 1024;
/** What may be on the way: the buffers of four sockets, and a little of our own. */
const IN_FLIGHT_BYTES = 25 * 1024 * 1024;

test("a client that does not read makes the provider wait, and then gets all of it", async () => {
  const progress = { sentBytes: 0, isDone: false };
  await using fronted = await startFronted({ answer: (_, response) => flood(response, progress) });
  const memoryBefore = process.memoryUsage().rss;

  const response = await post(`${fronted.server.api}/chat/completions`, body(true));
  await standsStill(progress);
  const { sentBytes, isDone } = progress;
  assert.ok(!isDone && sentBytes < IN_FLIGHT_BYTES, `the provider was let to send ${sentBytes} bytes`);
  assert.ok(process.memoryUsage().rss - memoryBefore < 4 * IN_FLIGHT_BYTES, "the memory is bounded");

  let readBytes = 0;
  let end = "";
  for await (const part of response.body ?? []) {
    readBytes += part.length;
    end = (end + Buffer.from(part).toString()).slice(-20);
  }
  assert.ok(readBytes > WANTED_BYTES);
  assert.ok(end.endsWith("data: [DONE]\n\n"));
});

test("a client that leaves instead of reading ends the provider's call", async () => {
  const progress = { sentBytes: 0, isDone: false };
  await using fronted = await startFronted({ answer: (_, response) => flood(response, progress) });
  const call = fronted.provider.nextCall();
  const client = new AbortController();
  await post(`${fronted.server.api}/chat/completions`, body(true), { signal: client.signal });
  const { closed } = await call;
  await standsStill(progress);
  client.abort();
  assert.equal((await closed).wasComplete, false);
});

/** Calls, leaves, and waits until the provider notices. */
async function msToEnd({ provider, server }: Fronted, { path, stream, reads = false }: Situation): Promise<number> {
  const arrived = provider.nextCall();
  const client = new AbortController();
  const answer = post(`${server.api}${path ?? "/chat/completions"}`, body(stream), { signal: client.signal });
  const outcome = reads ? answer : assert.rejects(answer, { name: "AbortError" });
  const { closed } = await arrived;
  if (reads) await (await answer).body?.getReader().read();
  const leftAt = performance.now();
  client.abort();
  await outcome;
  const { at, wasComplete } = await closed;
  assert.equal(wasComplete, false);
  return at - leftAt;
}

function body(stream: boolean): string {
  const messages = [{ role: "user", content: "hi" }];
  return JSON.stringify({ model: "openai/gpt-4o", messages, input: "hi", stream });
}

/** Sends a token at every turn of the event loop, for ever; waits where it must. */
async function speakOn(response: ServerResponse): Promise<void> {
  const closed = once(response, "close");
  startEvents(response).write(first);
  while (!response.destroyed) {
    if (response.write(others[0])) await setImmediate();
    else await Promise.race([once(response, "drain"), closed]);
  }
}

interface Progress {
  sentBytes: number;
  isDone: boolean;
}

/** Sends a stream of 50 MiB as fast as it is taken. */
async function flood(response: ServerResponse, progress: Progress): Promise<void> {
  const closed = once(response, "close");
  startEvents(response).write(first);
  const text = others[0]?.replace("two ", "x".repeat(64 * 1024)) ?? "";
  while (progress.sentBytes < WANTED_BYTES && !response.destroyed) {
    progress.sentBytes += text.length;
    if (!response.write(text)) await Promise.race([once(response, "drain"), closed]);
  }
  progress.isDone = true;
  response.end(others.slice(-2).join(""));
}

/** Resolves when some bytes were sent, and no more for a while. */
async function standsStill(progress: Progress): Promise<void> {
  for (let before = 0; before === 0 || before !== progress.sentBytes;) {
    before = progress.sentBytes;
    await setTimeout(300);
  }
}
