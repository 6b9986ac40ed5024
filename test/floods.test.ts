import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type Answer, event, events, sendEvents, startEvents, startFakeProvider } from "./fakes/openai.ts";
import { figuresOf, MEASURED } from "./figures.ts";
import { type Fronted, post, PROVIDER_KEY, startFronted } from "./fronted.ts";
import { type Program, startProgram } from "./program.ts";

/*
 * A provider that sends far more than any answer has is cut off, and the memory stays what it was.
 */

const MIB = 1024 * 1024;
const FLOOD_BYTES = 1024 * MIB;
/** What a call takes besides what it keeps, and what the garbage collector has not seen to yet. */
const ROOM_BYTES = 48 * MIB;

const ONCE = "retries: 0";

/** Sends the same again and again, as fast as it is taken, up to 1 GiB. */
async function flood(response: ServerResponse, piece: Buffer, onSent: (bytes: number) => void): Promise<void> {
  const closed = once(response, "close");
  for (let sent = 0; sent < FLOOD_BYTES && !response.destroyed; onSent((sent += piece.length))) {
    if (!response.write(piece)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
}

interface Flooded extends AsyncDisposable {
  readonly program: Program;
  /** What the provider could send so far. */
  sentBytes(): number;
  /** By how much the most memory that the program ever had has grown since it was started. */
  grownBytes(): Promise<number>;
}

/** The program in front of a provider that answers with so much of this. */
async function startFlooded(begin: (response: ServerResponse) => void, piece: Buffer): Promise<Flooded> {
  let sentBytes = 0;
  let isFlooding = false;
  const provider = await startFakeProvider((_, response) => {
    if (!isFlooding) return sendEvents(response, events("gpt-4o", "hi"));
    begin(response);
    return flood(response, piece, (bytes) => (sentBytes = bytes));
  });
  const program = await startProgram({
    environment: { OPENAI_API_KEY: PROVIDER_KEY, OPENAI_BASE_URL: provider.url },
    yaml: ONCE,
    // Few megabytes for new values, which would otherwise be collected later.
    nodeFlags: [...MEASURED, "--max-semi-space-size=2"],
  });
  // The first call loads code.
  await (await askFor(true, program.url)).text();
  isFlooding = true;
  const before = await figuresOf(program);
  return {
    program,
    sentBytes: () => sentBytes,
    grownBytes: async () => (await figuresOf(program)).peakBytes - before.peakBytes,
    async [Symbol.asyncDispose]() {
      await provider.close();
      await program[Symbol.asyncDispose]();
    },
  };
}

function askFor(stream: boolean, url: string): Promise<Response> {
  const body = { model: "gpt-4o", messages: [{ role: "user", content: "hi" }], stream };
  return post(`${url}/v1/chat/completions`, JSON.stringify(body));
}

interface Heard {
  readonly status: number;
  readonly text: string;
}

async function ask({ server }: Fronted, stream: boolean): Promise<Heard> {
  const response = await askFor(stream, server.url);
  return { status: response.status, text: await response.text() };
}

interface Flood {
  readonly begin: (response: ServerResponse) => void;
  readonly stream: boolean;
  readonly status: number;
  /** How much of it is kept before it is too much. */
  readonly keptBytes: number;
}

const FLOODS: Readonly<Record<string, Flood>> = {
  "an error page of 1 GiB": {
    begin: (response) => response.writeHead(500, { "content-type": "text/html" }),
    stream: false,
    status: 500,
    keptBytes: 0,
  },
  "an answer of 1 GiB": {
    begin: (response) => response.writeHead(200, { "content-type": "application/json" }),
    stream: false,
    status: 502,
    keptBytes: 64 * MIB,
  },
  "a line without an end": {
    begin: (response) => startEvents(response).write("data: "),
    stream: true,
    status: 502,
    keptBytes: 16 * MIB,
  },
};

for (const [what, { begin, stream, status, keptBytes }] of Object.entries(FLOODS)) {
  test(`${what} is cut off, and the memory stays bounded`, async () => {
    await using flooded = await startFlooded(begin, Buffer.alloc(MIB, "x"));
    const response = await askFor(stream, flooded.program.url);
    await response.text();
    assert.equal(response.status, status);
    assert.ok(flooded.sentBytes() < 200 * MIB, "the provider was cut off");
    const grownBytes = await flooded.grownBytes();
    assert.ok(grownBytes < keptBytes + ROOM_BYTES, `the memory has grown by ${grownBytes} bytes`);
  });
}

test("a client that does not read holds the provider back, and the memory stays what it was", async () => {
  const words = Buffer.from(events("gpt-4o", "x".repeat(1000))[1]?.repeat(1000) ?? "");
  await using flooded = await startFlooded(startEvents, words);
  const response = await askFor(true, flooded.program.url);
  for (let before = -1; before !== flooded.sentBytes(); await setTimeout(200)) before = flooded.sentBytes();
  assert.ok(flooded.sentBytes() < FLOOD_BYTES / 8, `the provider could send ${flooded.sentBytes()} bytes`);
  const grownBytes = await flooded.grownBytes();
  assert.ok(grownBytes < ROOM_BYTES, `the memory has grown by ${grownBytes} bytes`);
  await response.body?.cancel();
});

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
