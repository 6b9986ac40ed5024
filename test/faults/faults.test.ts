import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import {
  type Answer,
  events,
  type FakeProvider,
  sendEvents,
  sendJson,
  speak,
  startEvents,
  startFakeProvider,
} from "../fakes/openai.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { askFor, assertAnswer, type Heard } from "./ask.ts";

/*
 * What the caller sees when a provider limits, fails, hangs, stalls, cuts or lies: the whole answer from a retry or from
 * the fallback, else one clear error. Times are small, and nobody is asked more often than it helps.
 */

const WORDS = Array.from({ length: 60 }, (_, index) => `w${index} `);
const TEXT = WORDS.join("").trimEnd();

interface Stage extends AsyncDisposable {
  readonly primary: FakeProvider;
  readonly fallback: FakeProvider;
  readonly server: TestServer;
}

const YAML = `
aliases: { wanted: [primary/m, fallback/f] }
timeouts: { first_token_s: 0.3, idle_s: 0.3, headers_s: 0.3 }
`;

/** A provider that fails as it is told, and one that always answers. */
async function stage(primaryAnswer: Answer, fallbackAnswer: Answer = tell, yaml = YAML): Promise<Stage> {
  const [primary, fallback] = await Promise.all([startFakeProvider(primaryAnswer), startFakeProvider(fallbackAnswer)]);
  const providers = `providers: { primary: { base_url: "${primary.url}" }, fallback: { base_url: "${fallback.url}" } }`;
  const server = await startOmniport({}, `${providers}\n${yaml}`);
  return {
    primary,
    fallback,
    server,
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.close(), fallback.close()]);
      await server.close();
    },
  };
}

/** The same sixty words for every question. */
const tell: Answer = (call, response) =>
  speak({ ...call, body: { ...call.body, messages: [{ content: TEXT }] } }, response);

function told(model: string): string[] {
  return events(model, TEXT);
}

function ask({ server }: Stage, more: object = {}, headers: Record<string, string> = {}): Promise<Heard> {
  const messages = [{ role: "user", content: "go on" }];
  return askFor(server, { model: "wanted", messages, stream: true, ...more }, headers);
}

function assertWhole(heard: Heard, model: string): void {
  assertAnswer(heard, TEXT, model);
}

const refuse =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    sendJson(response, { error: body }, status, headers);

const overloaded = refuse(503, { message: "overloaded" });
const silent: Answer = () => undefined;

/** The first answer once, and then the other one. */
function firstly(first: Answer, then: Answer): Answer {
  let calls = 0;
  return (call, response) => (calls++ === 0 ? first : then)(call, response);
}

/** A stream that says nothing more after its first words, and hangs up if told so. */
const stop =
  (words: number, hangUp: boolean): Answer =>
  ({ body }, response: ServerResponse) => {
    const all = told(body.model).slice(0, words + 1);
    startEvents(response).write(all.join(""), () => hangUp && response.destroy());
  };

for (const stream of [true, false]) {
  const kind = stream ? "a stream" : "a whole answer";

  for (const [what, headers] of [
    ["with a Retry-After", { "retry-after": "30" }],
    ["without a Retry-After", {}],
  ] as const) {
    test(`429 ${what}: ${kind} comes from the fallback, and the limited provider is left alone`, async () => {
      await using scene = await stage(refuse(429, { message: "slow down" }, headers));
      for (let i = 0; i < 3; i++) assertWhole(await ask(scene, { stream }), "f");
      assert.equal(scene.primary.calls.length, 1);
    });
  }

  test(`500 once: ${kind} comes from the same model`, async () => {
    await using scene = await stage(firstly(refuse(500, { message: "oops" }), tell));
    const heard = await ask(scene, { stream });
    assertWhole(heard, "m");
    assert.equal(heard.headers.get("x-omniport-attempts"), "primary/m=500;primary/m=ok");
    assert.equal(scene.fallback.calls.length, 0);
  });

  test(`503 for good: ${kind} comes from the fallback, and soon nobody asks the dead provider`, async () => {
    await using scene = await stage(overloaded);
    for (let i = 0; i < 10; i++) assertWhole(await ask(scene, { stream }), "f");
    assert.ok(scene.primary.calls.length <= 4, String(scene.primary.calls.length));
  });

  test(`a reset before the headers: ${kind} comes from a retry or the fallback`, async () => {
    await using scene = await stage((_, response) => response.destroy());
    assertWhole(await ask(scene, { stream }), "f");
    assert.equal(scene.primary.calls.length, 2);
  });

  test(`silence: ${kind} comes from the fallback, and the silent call is hung up`, async () => {
    await using scene = await stage(silent);
    const heard = await ask(scene, { stream });
    assertWhole(heard, "f");
    assert.equal(heard.headers.get("x-omniport-attempts"), "primary/m=timeout;fallback/f=ok");
    assert.equal((await scene.primary.calls[0]?.closed)?.wasComplete, false);
    assert.equal(scene.primary.calls.length, 1);
  });

  test(`too long a conversation: ${kind} comes from the fallback at once`, async () => {
    const tooLong = { message: "maximum context length is 8 tokens", code: "context_length_exceeded" };
    await using scene = await stage(refuse(400, tooLong));
    assertWhole(await ask(scene, { stream }), "f");
    assert.equal(scene.primary.calls.length, 1);
  });

  test(`what the rules of a provider forbid is asked of nobody else: ${kind}`, async () => {
    const forbidden = { message: "The response was filtered by the content policy", code: "content_filter" };
    await using scene = await stage(refuse(400, forbidden));
    const heard = await ask(scene, { stream });
    assert.deepEqual([heard.status, heard.error?.code], [400, "content_filter"]);
    assert.deepEqual([scene.primary.calls.length, scene.fallback.calls.length], [1, 0]);
  });

  test(`what the rules of a provider forbid is asked of the next one where that is wished: ${kind}`, async () => {
    const forbidden = { message: "The response was filtered by the content policy", code: "content_filter" };
    await using scene = await stage(refuse(400, forbidden), tell, `${YAML}reroute_refusals: true`);
    assertWhole(await ask(scene, { stream }), "f");
  });

  test(`a request that is wrong is asked of nobody twice: ${kind}`, async () => {
    await using scene = await stage(refuse(400, { message: "no such parameter" }));
    const heard = await ask(scene, { stream });
    assert.equal(heard.status, 400);
    assert.deepEqual([scene.primary.calls.length, scene.fallback.calls.length], [1, 0]);
  });

  test(`a wrong key: ${kind} comes from the fallback`, async () => {
    await using scene = await stage(refuse(401, { message: "wrong key" }));
    assertWhole(await ask(scene, { stream }), "f");
  });

  test(`where all fail, the error is the one of the model that was asked for: ${kind}`, async () => {
    await using scene = await stage(refuse(500, { message: "oops" }), overloaded);
    const heard = await ask(scene, { stream });
    assert.deepEqual([heard.status, heard.error?.message], [500, "oops"]);
    assert.equal(
      heard.headers.get("x-omniport-attempts"),
      "primary/m=500;primary/m=500;fallback/f=503;fallback/f=503;fallback/f=503",
    );
  });
}

test("a slow first token: the answer comes from the fallback", async () => {
  await using scene = await stage(({ body }, response) => {
    startEvents(response).write(told(body.model)[0]);
  });
  assertWhole(await ask(scene), "f");
});

test("a stream that is cut before its first word begins anew elsewhere, and the client notices nothing", async () => {
  await using scene = await stage(stop(0, true));
  assertWhole(await ask(scene), "f");
});

test("a stream that ends without [DONE] after its finish reason is whole", async () => {
  await using scene = await stage(({ body }, response) => sendEvents(response, told(body.model).slice(0, -1)));
  assertWhole(await ask(scene), "m");
  assert.equal(scene.primary.calls.length, 1);
});

for (const [what, broken] of [
  ["is cut after 40 of 60 words", stop(40, true)],
  ["stalls after 20 words", stop(20, false)],
] as const) {
  test(`a stream that ${what} is gone on with by the fallback, by the whole answer once more`, async () => {
    await using scene = await stage(broken);
    const heard = await ask(scene, { stream_options: { include_usage: true } });
    assertWhole(heard, "m");
    assert.deepEqual([scene.primary.calls.length, scene.fallback.calls.length], [1, 1]);
    assert.equal((await scene.primary.calls[0]?.closed)?.wasComplete, false);
  });

  test(`a stream that ${what} ends with an error where nobody can go on with it`, async () => {
    const other: Answer = (_, response) => sendEvents(response, events("f", "something else"));
    await using scene = await stage(broken, other);
    const heard = await ask(scene);
    assert.deepEqual([heard.status, heard.isWhole], [200, false]);
    assert.ok(TEXT.startsWith(heard.text) && heard.text !== "");
    assert.match(heard.error?.code ?? "", /^(upstream_incomplete|timeout)$/);
  });

  test(`a stream that ${what} ends with an error where that is wished`, async () => {
    await using scene = await stage(broken, tell, `${YAML}on_stream_break: error`);
    const heard = await ask(scene);
    assert.match(heard.error?.code ?? "", /^(upstream_incomplete|timeout)$/);
    assert.equal(scene.fallback.calls.length, 0);
  });
}

test("where another model could go on, a stream may be silent for as long as its first token may take", async () => {
  await using fallback = await startFakeProvider(tell);
  await using primary = await startFakeProvider(stop(20, false));
  const yaml = `providers:
  primary: { base_url: "${primary.url}", timeouts: { first_token_s: 0.3 } }
  fallback: { base_url: "${fallback.url}" }
aliases: { wanted: [primary/m, fallback/f] }
`;
  await using server = await startOmniport({}, yaml);
  assertWhole(await ask({ server, primary, fallback, [Symbol.asyncDispose]: async () => undefined }), "m");
  assert.equal(fallback.calls.length, 1);
});

test("a stream without a fallback is gone on with by its own model", async () => {
  await using scene = await stage(firstly(stop(40, true), tell));
  assertWhole(await ask(scene, { model: "primary/m" }), "m");
});

for (const takes of [true, false]) {
  test(`a fallback that ${takes ? "takes" : "refuses"} prefill gives the rest${takes ? " alone" : " all the same"}`, async () => {
    const goOn: Answer = (call, response) => {
      const last = String(call.body.messages?.at(-1)?.content);
      if (call.body.messages?.length === 1) return tell(call, response);
      if (!takes) return refuse(400, { message: "the last message must be the user's" })(call, response);
      return sendEvents(response, events("f", TEXT.slice(last.length)));
    };
    await using primary = await startFakeProvider(stop(40, true));
    await using fallback = await startFakeProvider(goOn);
    const yaml = `providers:
  primary: { base_url: "${primary.url}" }
  fallback: { base_url: "${fallback.url}", prefill: true }
${YAML}`;
    await using server = await startOmniport({}, yaml);
    assertWhole(await ask({ server, primary, fallback, [Symbol.asyncDispose]: async () => undefined }), "m");
    assert.equal(fallback.calls.length, takes ? 1 : 2);
  });
}

test("a malformed event beside whole words is passed over", async () => {
  await using scene = await stage(({ body }, response) => {
    const all = told(body.model);
    sendEvents(response, [...all.slice(0, 10), 'data: {"id":"x","choices":[{"delta"\n\n', ...all.slice(10)]);
  });
  assertWhole(await ask(scene), "m");
  assert.equal(scene.fallback.calls.length, 0);
});

test("a malformed event in the place of a word does not leave a hole in the answer", async () => {
  await using scene = await stage(({ body }, response) => {
    const all = told(body.model);
    sendEvents(response, [...all.slice(0, 10), 'data: {"choices":[{"delta":{"content":"w9\n\n', ...all.slice(11)]);
  });
  assertWhole(await ask(scene), "m");
  assert.equal(scene.fallback.calls.length, 1);
});

test("fallbacks may be named in the call: in the body, or in a header", async () => {
  await using scene = await stage(overloaded);
  const inBody = await ask(scene, { model: "primary/x", models: ["fallback/y"] });
  assertWhole(inBody, "y");
  assert.equal(inBody.headers.get("x-omniport-attempts"), "primary/x=503;primary/x=503;fallback/y=ok");
  assert.equal("models" in (scene.fallback.calls[0]?.body ?? {}), false);
  assertWhole(await ask(scene, { model: "primary/z" }, { "x-omniport-fallbacks": "fallback/y, fallback/z" }), "y");
});

for (const [models, param] of [
  ["fallback/y", "models"],
  [["fallback/y", 5], "models[1]"],
  [Array.from({ length: 9 }, () => "fallback/y"), "models"],
] as const) {
  test(`'models' that is ${JSON.stringify(models).slice(0, 30)} is a 400 that names it`, async () => {
    await using scene = await stage(tell);
    const heard = await ask(scene, { models });
    assert.equal(heard.status, 400);
    assert.match(heard.error?.message ?? "", new RegExp(`'${param.replace(/[[\]]/g, "\\$&")}'`));
  });
}

test("an unknown fallback is a 404, before anybody is asked", async () => {
  await using scene = await stage(tell);
  const heard = await ask(scene, { models: ["nobody/x"] });
  assert.equal(heard.status, 404);
  assert.equal(scene.primary.calls.length, 0);
});

test("a fallback without its key is passed over", async () => {
  await using scene = await stage(overloaded);
  assertWhole(await ask(scene, { models: ["openai/gpt-4o", "fallback/f"], model: "primary/m" }), "f");
});

test("several keys are used in turn, and one that is refused is put aside", async () => {
  const byKey: Answer = (call, response) =>
    (call.headers.authorization === "Bearer two" ? refuse(401, { message: "wrong key" }) : tell)(call, response);
  await using primary = await startFakeProvider(byKey);
  const keys = { OPENAI_API_KEY: "one,two,three", OPENAI_BASE_URL: primary.url };
  await using server = await startOmniport(keys);
  const scene = { server, primary, fallback: primary, [Symbol.asyncDispose]: async () => undefined };
  for (let i = 0; i < 6; i++) assertWhole(await ask(scene, { model: "openai/gpt-4o" }), "gpt-4o");
  const used = primary.calls.map(({ headers }) => headers.authorization?.slice("Bearer ".length));
  assert.deepEqual(used.filter((key) => key === "two").length, 1);
  assert.ok(new Set(used).size === 3);
  const { keys: aside } = (await (await fetch(`${server.url}/health?details`)).json()) as { keys: object[] };
  assert.deepEqual(
    aside.map((key) => ({ ...key, restMs: 0 })),
    [{ of: "openai", key: 2, state: "refused", restMs: 0 }],
  );
});

for (const stream of [true, false]) {
  const hedge = "aliases: { wanted: { models: [primary/m, fallback/f], hedge_after_s: 0.1 } }";

  test(`hedging: the second model answers where the first is slow, whose call ends (stream: ${stream})`, async () => {
    await using scene = await stage(silent, tell, hedge);
    const heard = await ask(scene, { stream });
    assertWhole(heard, "f");
    assert.equal((await scene.primary.calls[0]?.closed)?.wasComplete, false);
  });

  test(`hedging: where the first answers in time, the second is not asked (stream: ${stream})`, async () => {
    await using scene = await stage(tell, tell, hedge);
    assertWhole(await ask(scene, { stream }), "m");
    assert.equal(scene.fallback.calls.length, 0);
  });

  test(`hedging: where the first fails, the second is asked at once (stream: ${stream})`, async () => {
    await using scene = await stage(refuse(429, { message: "slow down" }), tell, hedge.replace("0.1", "60"));
    assertWhole(await ask(scene, { stream }), "f");
  });

  test(`hedging: where both fail, the error is the first one's (stream: ${stream})`, async () => {
    await using scene = await stage(refuse(401, { message: "wrong key" }), refuse(404, { message: "what?" }), hedge);
    const heard = await ask(scene, { stream });
    assert.deepEqual([heard.status, heard.error?.message], [401, "wrong key"]);
  });
}

test("calls over the limits wait for their turn, and beyond the queue they are a 503 that says when to come again", async () => {
  const held: (() => void)[] = [];
  const hold: Answer = (call, response) => void held.push(() => void tell(call, response));
  const yaml = `${YAML}limits: { running: 1, queued: 1 }`.replace(
    "{ first_token_s: 0.3, idle_s: 0.3, headers_s: 0.3 }",
    "{}",
  );
  await using scene = await stage(hold, tell, yaml);
  const arrived = scene.primary.nextCall();
  const first = ask(scene, { model: "primary/m" });
  await arrived;
  const others = [ask(scene, { model: "fallback/f" }), ask(scene, { model: "fallback/f" })];
  const refused = await Promise.race(others);
  assert.deepEqual(
    [refused.status, refused.headers.get("retry-after"), refused.error?.code],
    [503, "1", "concurrency_limit"],
  );
  assert.equal(scene.fallback.calls.length, 0);
  held[0]?.();
  assertWhole(await first, "m");
  const served = (await Promise.all(others)).filter(({ status }) => status === 200);
  assert.equal(served.length, 1);
});

test("without a fallback, a provider that asks for a short wait is waited for", async () => {
  await using scene = await stage(firstly(refuse(429, { message: "slow down" }, { "retry-after-ms": "50" }), tell));
  const heard = await ask(scene, { model: "primary/m" });
  assertWhole(heard, "m");
  assert.equal(heard.headers.get("x-omniport-attempts"), "primary/m=rate_limit_exceeded;primary/m=ok");
});

test("without a fallback, a longer wait is the client's, and until its end the provider is not asked", async () => {
  await using scene = await stage(refuse(429, { message: "slow down" }, { "retry-after": "40" }));
  for (let i = 0; i < 3; i++) {
    const { status, headers } = await ask(scene, { model: "primary/m" });
    assert.deepEqual([status, headers.get("retry-after")], [429, "40"]);
  }
  assert.equal(scene.primary.calls.length, 1);
});

test("a conversation that is too long goes to a larger model only", async () => {
  const tooLong = { message: "maximum context length is 8000 tokens", code: "context_length_exceeded" };
  const yaml = `${YAML}models: { primary/m: { context_tokens: 8000 }, fallback/f: { context_tokens: 4000 } }`;
  await using scene = await stage(refuse(400, tooLong), tell, yaml);
  assert.equal((await ask(scene)).error?.code, "context_length_exceeded");
  assert.equal(scene.fallback.calls.length, 0);
  assertWhole(await ask(scene, { models: ["fallback/large"] }), "large");
});

test("an answer that goes on for ever is ended by the total limit", async () => {
  const trickle: Answer = ({ body }, response) => {
    startEvents(response).write(told(body.model)[0]);
    const timer = setInterval(() => response.write(told(body.model)[1]), 20);
    response.once("close", () => clearInterval(timer));
  };
  const yaml = "timeouts: { total_s: 0.3 }\non_stream_break: error";
  await using scene = await stage(trickle, tell, yaml);
  const heard = await ask(scene, { model: "primary/m" });
  assert.deepEqual([heard.isWhole, heard.error?.code], [false, "timeout"]);
  assert.match(heard.error?.message ?? "", /did not end its answer in time/);
  assert.equal((await scene.primary.calls[0]?.closed)?.wasComplete, false);
});

for (const [whose, provider, more] of [
  ["provider", "max_running: 1", ""],
  ["model", "", "models: { primary/m: { max_running: 1 } }"],
] as const) {
  test(`a ${whose} with a limit of its own sends further calls to the next model`, async () => {
    const held: (() => void)[] = [];
    const hold: Answer = (call, response) => void held.push(() => void tell(call, response));
    await using primary = await startFakeProvider(hold);
    await using fallback = await startFakeProvider(tell);
    const yaml = `providers:
  primary: { base_url: "${primary.url}", ${provider} }
  fallback: { base_url: "${fallback.url}" }
aliases: { wanted: [primary/m, fallback/f] }
${more}
`;
    await using server = await startOmniport({}, yaml);
    const scene = { server, primary, fallback, [Symbol.asyncDispose]: async () => undefined };
    const arrived = primary.nextCall();
    const first = ask(scene);
    await arrived;
    assertWhole(await ask(scene), "f");
    const { limits } = (await (await fetch(`${server.url}/health?details`)).json()) as { limits: object[] };
    assert.deepEqual(limits, [{ of: whose === "model" ? "primary/m" : "primary", limit: 1, running: 1, queued: 0 }]);
    held[0]?.();
    assertWhole(await first, "m");
  });
}

test("clients that wait for their turn are told apart by their keys", async () => {
  const held = Promise.withResolvers<void>();
  const answered: unknown[] = [];
  const inTurn: Answer = async (call, response) => {
    if (answered.length === 0) await held.promise;
    answered.push(call.body["user"]);
    return tell(call, response);
  };
  await using scene = await stage(inTurn, tell, "limits: { running: 1 }");
  const call = (client: string): Promise<Heard> =>
    ask(scene, { model: "primary/m", user: client }, { authorization: `Bearer ${client}` });
  const arrived = scene.primary.nextCall();
  const calls = [call("first")];
  await arrived;
  for (const client of ["a", "a", "a", "b"]) {
    calls.push(call(client));
    await queued(scene, calls.length - 1);
  }
  held.resolve();
  for (const heard of await Promise.all(calls)) assertWhole(heard, "m");
  assert.deepEqual(answered, ["first", "a", "b", "a", "a"]);
});

/** Resolves when so many calls wait. */
async function queued({ server }: Stage, calls: number): Promise<void> {
  for (;;) {
    const details = (await (await fetch(`${server.url}/health?details`)).json()) as { limits: { queued: number }[] };
    if (details.limits[0]?.queued === calls) return;
  }
}

test("a flapping provider is asked again soon after it is well, and hardly while it is not", async () => {
  let isDown = true;
  await using scene = await stage((call, response) => (isDown ? overloaded : tell)(call, response));
  for (let i = 0; i < 20; i++) assertWhole(await ask(scene), "f");
  const duringOutage = scene.primary.calls.length;
  assert.ok(duringOutage <= 4, String(duringOutage));
  const details = await (await fetch(`${scene.server.url}/health?details`)).text();
  assert.match(
    details,
    /"target":"primary\/m","state":"open","running":0,"consecutiveFailures":\d,"lastFailure":"503"/,
  );
  isDown = false;
  const end = performance.now() + 8_000;
  let model: string | undefined;
  while (model !== "m" && performance.now() < end) ({ model } = await ask(scene));
  assert.equal(model, "m");
  assert.equal(scene.primary.calls.length, duringOutage + 1);
});
