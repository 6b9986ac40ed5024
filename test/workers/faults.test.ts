import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, events, startEvents } from "../fakes/openai.ts";
import { ended, workersOf } from "../processes.ts";
import { startProgram } from "../program.ts";
import { type ServerOfWorkers, startServerOfWorkers } from "./server-of-workers.ts";

const WORKERS = 2;
const STREAMS = 24;
const TIME_LIMIT = { timeout: 60_000 };
const ALL = events("gpt-4o", "one two three");

/** Streams of which each client has the beginning; the provider ends them when it is told. */
async function startStreams(shutdownTimeoutS = 30) {
  const gate = Promise.withResolvers<void>();
  const answer: Answer = async (_, response) => {
    startEvents(response).write(ALL.slice(0, 2).join(""));
    await gate.promise;
    response.end(ALL.slice(2).join(""));
  };
  const environment = { SHUTDOWN_TIMEOUT: String(shutdownTimeoutS) };
  const server = await startServerOfWorkers({ workers: WORKERS, answer, environment });
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      server.client.chat.completions.create({
        model: "gpt-4o",
        messages: [{ role: "user", content: "hi" }],
        stream: true,
      }),
    ),
  );
  return { server, streams, finish: gate.resolve };
}

type Streams = Awaited<ReturnType<typeof startStreams>>["streams"];

/** Of each stream its text, or undefined where it has ended with an error. */
function texts(streams: Streams): Promise<(string | undefined)[]> {
  const text = async (stream: Streams[number]): Promise<string | undefined> => {
    try {
      const chunks = await Array.fromAsync(stream);
      return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    } catch {
      return undefined;
    }
  };
  return Promise.all(streams.map(text));
}

async function metric({ program }: ServerOfWorkers, name: string): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics`, { headers: { connection: "close" } })).text();
  const values = text.split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return values.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

test("SIGTERM: the calls of all workers end whole, and the exit code is 0", TIME_LIMIT, async () => {
  const { server, streams, finish } = await startStreams();
  await using _ = server;
  server.program.process.kill("SIGTERM");
  finish();
  const ended = await texts(streams);
  assert.deepEqual(new Set(ended), new Set(["one two three"]));
  assert.equal(await server.program.ended, 0);
  assert.deepEqual(
    server.log().filter(({ msg }) => msg !== "call"),
    [],
  );
});

test("SIGTERM: what does not end in time ends with an error, in all workers", TIME_LIMIT, async () => {
  const { server, streams } = await startStreams(0);
  await using _ = server;
  server.program.process.kill("SIGTERM");
  assert.deepEqual(new Set(await texts(streams)), new Set([undefined]));
  assert.equal(await server.program.ended, 0);
});

test(
  "a worker that dies takes its own calls along and no others, and another one takes its place",
  TIME_LIMIT,
  async () => {
    const { server, streams, finish } = await startStreams();
    await using _ = server;
    const { program, client } = server;
    const [victim = 0] = workersOf(program.process.pid ?? 0);
    process.kill(victim, "SIGKILL");
    const stopped = await server.logged(({ msg }) => msg.startsWith("worker stopped unexpectedly"));
    assert.deepEqual([stopped["workerPid"], stopped["how"], stopped["restMs"]], [victim, "SIGKILL", 0]);
    const started = await server.logged(({ msg }) => msg === "worker started");
    assert.notEqual(started["workerPid"], victim);

    finish();
    const ended = await texts(streams);
    const whole = ended.filter((text) => text === "one two three");
    assert.ok(whole.length > 0 && whole.length < STREAMS, `${whole.length} of ${STREAMS}`);
    assert.equal(workersOf(program.process.pid ?? 0).length, WORKERS);
    await client.models.list();
  },
);

test("no count falls when a worker dies, and its places within a limit are free again", TIME_LIMIT, async () => {
  await using server = await startServerOfWorkers({ yaml: "limits: { running: 4 }" });
  const chat = (): Promise<unknown> =>
    server.client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
  await Promise.all(Array.from({ length: 30 }, chat));
  assert.equal(await metric(server, "omniport_calls_total"), 30);
  const started = await metric(server, "process_start_time_seconds");
  for (const pid of workersOf(server.program.process.pid ?? 0)) process.kill(pid, "SIGKILL");
  const isBack = new Set<unknown>();
  await server.logged((line) => line.msg === "worker started" && isBack.add(line["workerPid"]).size === WORKERS);
  assert.equal(await metric(server, "omniport_calls_total"), 30);
  assert.ok((await metric(server, "process_start_time_seconds")) >= started);
  await Promise.all(Array.from({ length: 30 }, chat));
  assert.equal(await metric(server, "omniport_calls_total"), 60);
  assert.equal(await metric(server, "omniport_limit_running"), 0);
});

test("a port that somebody else has is not shared with them", TIME_LIMIT, async () => {
  await using first = await startServerOfWorkers();
  const port = new URL(first.program.url).port;
  await assert.rejects(
    startProgram({ environment: { WORKERS: "2" }, port }),
    new RegExp(`did not start: .*${port}`, "s"),
  );
});

test("workers end with the process that has started them", TIME_LIMIT, async () => {
  await using server = await startServerOfWorkers();
  const workers = workersOf(server.program.process.pid ?? 0);
  assert.equal(workers.length, WORKERS);
  server.program.process.kill("SIGKILL");
  await Promise.all(workers.map(ended));
});
