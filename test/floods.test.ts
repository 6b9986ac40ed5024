import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Answer, event, events, sendEvents, startEvents } from "./fakes/openai.ts";
import { type Fronted, post, startFronted } from "./fronted.ts";

/*
 * A provider that sends far more than any answer has is cut off, and the memory stays what it was.
 */

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(MIB, "x");
/** An answer is read up to 64 MiB: as bytes, joined, and as text. */
const MAX_GROWTH_BYTES = 400 * MIB;

const ONCE = "retries: 0";

/** Sends up to 1 GiB as fast as it is taken, and says how much that was. */
async function flood(response: ServerResponse): Promise<number> {
  const closed = once(response, "close");
  let sentBytes = 0;
  while (sentBytes < 1024 * MIB && !response.destroyed) {
    sentBytes += CHUNK.length;
    if (!response.write(CHUNK)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
  return sentBytes;
}

interface Heard {
  readonly status: number;
  readonly text: string;
}

async function ask({ server }: Fronted, stream: boolean): Promise<Heard> {
  const body = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }], stream };
  const response = await post(`${server.api}/chat/completions`, JSON.stringify(body));
  return { status: response.status, text: await response.text() };
}

const heads: Readonly<
  Record<string, { readonly begin: (response: ServerResponse) => void; readonly stream: boolean }>
> = {
  "an error page of 1 GiB": {
    begin: (response) => response.writeHead(500, { "content-type": "text/html" }),
    stream: false,
  },
  "an answer of 1 GiB": {
    begin: (response) => response.writeHead(200, { "content-type": "application/json" }),
    stream: false,
  },
  "a line without an end": { begin: (response) => startEvents(response).write("data: "), stream: true },
};

for (const [what, { begin, stream }] of Object.entries(heads)) {
  test(`${what} is cut off, and the memory stays bounded`, async () => {
    const sent = Promise.withResolvers<number>();
    const answer: Answer = async (_, response) => {
      begin(response);
      sent.resolve(await flood(response));
    };
    await using fronted = await startFronted({ answer, yaml: ONCE });
    const before = process.memoryUsage().rss;
    const { status } = await ask(fronted, stream);
    assert.ok(status === 500 || status === 502, String(status));
    assert.ok((await sent.promise) < 200 * MIB, "the provider was cut off");
    assert.ok(process.memoryUsage().rss - before < MAX_GROWTH_BYTES, "the memory is bounded");
  });
}

test("an event of 10 MB is an event", async () => {
  const long = "x".repeat(10_000_000);
  await using fronted = await startFronted({ answer: (_, response) => sendEvents(response, events("m", long)) });
  const { text } = await ask(fronted, true);
  assert.ok(text.includes(long) && text.endsWith("data: [DONE]\n\n"));
});

test("an answer that is compressed although nobody asked for that is refused, and never unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50 * MIB));
  const answer: Answer = (_, response) =>
    response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb);
  await using fronted = await startFronted({ answer, yaml: ONCE });
  const { status, text } = await ask(fronted, false);
  assert.equal(status, 502);
  assert.match(text, /"code":"upstream_unreadable"/);
});

test("of a compressed refusal the status counts", async () => {
  const page = gzipSync(event({ error: { message: "slow down" } }));
  const answer: Answer = (_, response) => response.writeHead(429, { "content-encoding": "gzip" }).end(page);
  await using fronted = await startFronted({ answer, yaml: ONCE });
  const { status, text } = await ask(fronted, false);
  assert.equal(status, 429);
  assert.match(text, /"message":"OpenAI answered with status 429\."/);
});
