import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { events, startEvents, startFakeProvider } from "./fakes/openai.ts";
import { post, PROVIDER_KEY } from "./fronted.ts";
import { type Program, startProgram } from "./program.ts";
import { openSocket, send } from "./raw-http.ts";

/*
 * The whole program is told to stop while it is busy, as an operator or a container's end does it.
 */

const STREAMS = 100;
const ALL = events("gpt-4o", "one two");
const BODY = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }], stream: true });

interface Busy extends AsyncDisposable {
  readonly program: Program;
  /** A hundred streams, of which each client has the beginning. */
  readonly streams: readonly Response[];
  /** Lets the provider end the first so many of them. */
  finish(count: number): void;
}

async function startBusy(shutdownTimeoutS: number): Promise<Busy> {
  const gates = Array.from({ length: STREAMS }, () => Promise.withResolvers<void>());
  let calls = 0;
  const provider = await startFakeProvider(async (_, response) => {
    const gate = gates[calls++];
    startEvents(response).write(ALL.slice(0, 2).join(""));
    await gate?.promise;
    response.end(ALL.slice(2).join(""));
  });
  const program = await startProgram({
    environment: {
      OPENAI_API_KEY: PROVIDER_KEY,
      OPENAI_BASE_URL: provider.url,
      SHUTDOWN_TIMEOUT: String(shutdownTimeoutS),
    },
  });
  const url = `${program.url}/v1/chat/completions`;
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => post(url, BODY)));
  return {
    program,
    streams,
    finish: (count) => gates.slice(0, count).forEach(({ resolve }) => resolve()),
    async [Symbol.asyncDispose]() {
      await provider.close();
      await program[Symbol.asyncDispose]();
    },
  };
}

/** From now on: that it has begun to stop is seen by this alone. */
async function refusesConnections({ url }: Program): Promise<void> {
  for (;;) {
    const refused = await send(url, { method: "GET", path: "/ready" }).then(
      () => false,
      ({ code }: NodeJS.ErrnoException) => code === "ECONNREFUSED",
    );
    if (refused) return;
    await setTimeout(5);
  }
}

test("SIGTERM: streams end whole or with an error, new connections are refused, kept ones closed, and the exit code is 0", async () => {
  await using busy = await startBusy(2);
  const { program, streams, finish } = busy;
  const idle = openSocket(program.url);
  await new Promise((resolve) => idle.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n", resolve));
  await new Promise((resolve) => idle.once("data", resolve));
  const idleClosed = new Promise((resolve) => idle.once("close", resolve));

  program.process.kill("SIGTERM");
  await Promise.all([refusesConnections(program), idleClosed]);
  finish(STREAMS / 2);
  const texts = await Promise.all(streams.map((stream) => stream.text()));
  const whole = texts.filter((text) => text === ALL.join(""));
  const broken = texts.filter((text) =>
    /\n\ndata: \{"error":\{"message":"The server is stopping\.".*\}\n\n$/.test(text),
  );
  assert.equal(whole.length + broken.length, STREAMS);
  assert.ok(whole.length > 0 && broken.length >= STREAMS / 2, `${whole.length} whole, ${broken.length} broken`);
  assert.equal(await program.ended, 0);
  assert.equal(program.stderr(), "");
});

for (const [first, second, exitCode] of [
  ["SIGTERM", "SIGTERM", 143],
  ["SIGTERM", "SIGINT", 130],
] as const) {
  test(`${second} after ${first} ends the program at once`, async () => {
    await using busy = await startBusy(3600);
    const { program, streams } = busy;
    program.process.kill(first);
    await refusesConnections(program);
    program.process.kill(second);
    assert.equal(await program.ended, exitCode);
    const ends = await Promise.allSettled(streams.map((stream) => stream.text()));
    assert.ok(
      ends.every(({ status }) => status === "rejected"),
      "no stream looks whole",
    );
  });
}
