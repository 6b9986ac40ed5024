import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, sendJson, speak } from "../fakes/openai.ts";
import { send } from "../raw-http.ts";
import { type ServerOfWorkers, startServerOfWorkers } from "./server-of-workers.ts";

/*
 * What the configuration bounds is bounded for all workers together.
 */

const CALLS = 40;

function chat({ client }: ServerOfWorkers, model = "gpt-4o"): Promise<{ readonly model: string }> {
  return client.chat.completions.create({ model, messages: [{ role: "user", content: "hi" }] });
}

const several = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work));

interface HealthDetails {
  readonly targets: readonly { readonly target: string; readonly state: string; readonly running: number }[];
  readonly limits: readonly object[];
}

async function health({ program }: ServerOfWorkers): Promise<HealthDetails> {
  const { text } = await send(program.url, { method: "GET", path: "/health?details" });
  return JSON.parse(text) as HealthDetails;
}

/**
 * What a worker has told comes before what it answers: with the first report all of it is at the primary, with the second
 * at the other workers.
 */
async function newsHasArrived(server: ServerOfWorkers): Promise<void> {
  await health(server);
  await health(server);
}

test("so many calls run at once as the limit says, all workers together, and the others wait for their turn", async () => {
  let running = 0;
  let most = 0;
  const full = Promise.withResolvers<void>();
  const answer: Answer = async (call, response) => {
    most = Math.max(most, ++running);
    if (running === 3) full.resolve();
    await full.promise;
    await speak(call, response);
    running--;
  };
  const yaml = "providers: { openai: { max_running: 3 } }\nlimits: { running: 20, queued: 100 }\n";
  await using server = await startServerOfWorkers({ answer, yaml });
  await several(CALLS, () => chat(server));
  assert.equal(most, 3);
  const { limits } = await health(server);
  assert.deepEqual(limits, [
    { of: "this server", limit: 20, running: 0, queued: 0 },
    { of: "openai", limit: 3, running: 0, queued: 0 },
  ]);
});

test("who finds the queue full is sent away, and who gives up leaves it", async () => {
  const gate = Promise.withResolvers<void>();
  const answer: Answer = async (call, response) => {
    await gate.promise;
    await speak(call, response);
  };
  await using server = await startServerOfWorkers({ answer, yaml: "limits: { running: 1, queued: 2 }\n" });
  const { client, provider } = server;
  const arrived = provider.nextCall();
  const first = chat(server);
  await arrived;
  const gone = new AbortController();
  const ask = () =>
    client.chat.completions.create(
      { model: "gpt-4o", messages: [{ role: "user", content: "hi" }] },
      { signal: gone.signal },
    );
  const load = async () => (await health(server)).limits[0];
  const waiting = several(2, () => ask().catch((error: unknown) => error));
  const full = { of: "this server", limit: 1, running: 1, queued: 2 };
  while (JSON.stringify(await load()) !== JSON.stringify(full));
  await several(6, () => assert.rejects(chat(server), { status: 503, code: "concurrency_limit" }));
  gone.abort();
  await waiting;
  while (JSON.stringify(await load()) !== JSON.stringify({ ...full, queued: 0 }));
  gate.resolve();
  await first;
  await chat(server);
  assert.equal(provider.calls.length, 2);
});

test("a provider that fails is left alone by all workers as soon as one has seen enough", async () => {
  let failures = 0;
  const answer: Answer = (call, response) => {
    if (call.body.model !== "broken") return speak(call, response);
    failures++;
    return sendJson(response, { error: { message: "out of order" } }, 500);
  };
  const yaml = "retries: 0\naliases: { any: [openai/broken, openai/gpt-4o] }\n";
  await using server = await startServerOfWorkers({ answer, yaml });
  // Three in a row, whoever has made them; one more, where the count of the first two was still on its way.
  for (let call = 0; call < 4; call++) {
    await chat(server, "any");
    await newsHasArrived(server);
  }
  assert.ok(failures <= 4);
  const seen = failures;
  const answers = await several(CALLS, () => chat(server, "any"));
  assert.equal(answers.length, CALLS);
  assert.ok(failures <= seen + 2, `each may try it once when its rest is over: ${failures - seen}`);
  const { targets } = await health(server);
  assert.notEqual(targets.find(({ target }) => target === "openai/broken")?.state, "ok");
});
