import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { decoded } from "../../src/upstream/decoder.ts";
import { createEventDecoder } from "../../src/upstream/sse.ts";
import type { CallRecord } from "../../src/telemetry/record.ts";
import { type Answer, events, sendJson, startEvents, startFakeProvider } from "../fakes/openai.ts";
import { post } from "../fronted.ts";
import { type Program, startProgram } from "../program.ts";

/*
 * The faults of providers in real time, against the program with its default settings. Each has a primary that fails and
 * a fallback that answers, both at the pace of a model.
 */

const WORDS = 60;
const WORD_MS = 20;
const TEXT = Array.from({ length: WORDS }, (_, index) => `w${index}`).join(" ");
const STALL_MS = 30_000;
const SLOW_MS = 20_000;
const FLAPPING_MS = 80_000;
const FLAP_MS = 10_000;
const FLAPPING_PAUSE_MS = 500;
const RECORD_PAUSE_MS = 200;
const RECORD_TRIES = 25;
/** Before a breaker knows, and one call now and then that tries the primary. */
const MOST_CALLS_PER_OUTAGE = 10;

/** What the caller has seen of one call. */
interface Heard {
  readonly text: string;
  readonly isWhole: boolean;
  /** The error's code, or its status where it has none. */
  readonly error: string | undefined;
  readonly completionTokens: number | undefined;
  readonly firstWordMs: number;
  readonly endMs: number;
}

/** What came of one fault. */
export interface Outcome {
  readonly name: string;
  /** Undefined when it is as it should be. */
  readonly problem: string | undefined;
  /** What the caller has waited for: the slowest of its calls. */
  readonly firstWordMs: number;
  readonly endMs: number;
  /** How often the models were asked. */
  readonly primaryCalls: number;
  readonly fallbackCalls: number;
}

/** @param nth of the calls of this model, from 1. */
type Act = (response: ServerResponse, model: string, nth: number) => unknown;

interface Scenario {
  readonly name: string;
  readonly primary: Act;
  /** A fallback that is said to go on with the beginning of an answer, and refuses it. */
  readonly isPrefillRefused?: boolean;
  /** How often the caller asks, one call after the other. */
  readonly calls?: number;
  readonly mostPrimaryCalls: number;
  /** The error that the caller should see; else the whole answer. */
  readonly error?: string;
}

const words = (model: string, to = WORDS): string[] => events(model, TEXT, true).slice(0, to + 1);

async function say(response: ServerResponse, pieces: readonly string[]): Promise<ServerResponse> {
  if (!response.headersSent) startEvents(response);
  for (const piece of pieces) {
    response.write(piece);
    await setTimeout(WORD_MS);
  }
  return response;
}

const tell: Act = async (response, model) => (await say(response, events(model, TEXT, true))).end();
const refuse =
  (status: number, error: object, headers: object = {}): Act =>
  (response) =>
    sendJson(response, { error }, status, headers);
const overloaded = refuse(503, { message: "The engine is overloaded." });
const failOnce: Act = (response, model, nth) =>
  (nth === 1 ? refuse(500, { message: "Oops." }) : tell)(response, model, nth);
const cut: Act = async (response, model) => (await say(response, words(model, 40))).destroy();

const SCENARIOS: readonly Scenario[] = [
  {
    name: "429 with a Retry-After",
    primary: refuse(429, { message: "Slow down." }, { "retry-after": "30" }),
    calls: 3,
    mostPrimaryCalls: 1,
  },
  { name: "429 without one", primary: refuse(429, { message: "Slow down." }), calls: 3, mostPrimaryCalls: 3 },
  { name: "500 once", primary: failOnce, mostPrimaryCalls: 2 },
  { name: "503 for good", primary: overloaded, calls: 5, mostPrimaryCalls: 4 },
  { name: "a reset before the headers", primary: (response) => response.destroy(), mostPrimaryCalls: 2 },
  { name: "silence", primary: () => undefined, mostPrimaryCalls: 1 },
  {
    name: "the first token after 20 s",
    primary: async (response, model, nth) => {
      await say(response, words(model, 0));
      await setTimeout(SLOW_MS);
      return tell(response, model, nth);
    },
    mostPrimaryCalls: 1,
  },
  { name: "a cut after 40 of 60 tokens", primary: cut, mostPrimaryCalls: 1 },
  {
    name: "a stall after 20 tokens",
    primary: async (response, model) => {
      await say(response, words(model, 20));
      await setTimeout(STALL_MS);
      response.destroy();
    },
    mostPrimaryCalls: 1,
  },
  {
    name: "a malformed tenth event",
    primary: async (response, model) => {
      const all = events(model, TEXT, true);
      await say(response, [...all.slice(0, 9), 'data: {"id":"x","choices":[{"delta"\n\n', ...all.slice(9)]);
      response.end();
    },
    mostPrimaryCalls: 1,
  },
  {
    name: "no [DONE]",
    primary: async (response, model) => (await say(response, events(model, TEXT, true).slice(0, -1))).end(),
    mostPrimaryCalls: 1,
  },
  {
    name: "too long a context",
    primary: refuse(400, {
      message: "This model's maximum context length is 4096 tokens.",
      code: "context_length_exceeded",
    }),
    mostPrimaryCalls: 1,
  },
  {
    name: "a content filter",
    primary: refuse(400, { message: "Rejected by our content policy.", code: "content_filter" }),
    mostPrimaryCalls: 1,
    error: "content_filter",
  },
  { name: "a fallback that refuses prefill", primary: cut, isPrefillRefused: true, mostPrimaryCalls: 1 },
];

/** Sends away a conversation that ends in an assistant's message. */
const refusePrefill: Answer = (call, response) =>
  call.body.messages?.length === 1
    ? tell(response, call.body.model, 1)
    : refuse(400, { message: "The last message must be the user's." })(response, call.body.model, 1);

interface Wall {
  ask(model: string): Promise<Heard>;
  /** How often that provider was asked for that model. */
  asked(provider: "primary" | "fallback", model: string): number;
  readonly program: Program;
}

/** Runs all of them at once, which takes as long as the longest: some eighty seconds. */
export async function runWall(onOutcome: (outcome: Outcome) => void): Promise<readonly Outcome[]> {
  const acts = new Map<string, Act>(SCENARIOS.map(({ primary }, index) => [modelOf(index), primary]));
  const counts = new Map<string, number>();
  const count = (provider: string, model: string): number => {
    const nth = (counts.get(`${provider}/${model}`) ?? 0) + 1;
    counts.set(`${provider}/${model}`, nth);
    return nth;
  };
  const flap = createFlap();
  acts.set("flapping", flap.act).set("accounting", failAndCut);

  await using primary = await startFakeProvider(({ body: { model } }, response) =>
    acts.get(model)?.(response, model, count("primary", model)),
  );
  await using fallback = await startFakeProvider((call, response) => {
    const { model } = call.body;
    count("fallback", model);
    const isRefusing = SCENARIOS.some(({ isPrefillRefused }, index) => isPrefillRefused && modelOf(index) === model);
    return isRefusing ? refusePrefill(call, response) : tell(response, model, 1);
  });
  const models = [...acts.keys()];
  const yaml = `
providers:
  primary: { base_url: "${primary.url}" }
  fallback: { base_url: "${fallback.url}" }
  willing: { base_url: "${fallback.url}", prefill: true }
aliases:
${models.map((model) => `  ${model}: [primary/${model}, ${isWilling(model) ? "willing" : "fallback"}/${model}]`).join("\n")}
`;
  await using program = await startProgram({ yaml, environment: { LOG_LEVEL: "info" } });
  const wall: Wall = {
    program,
    ask: (model) => ask(program.url, model),
    asked: (provider, model) => counts.get(`${provider}/${model}`) ?? 0,
  };
  const runs = [
    ...SCENARIOS.map((scenario, index) => run(wall, scenario, modelOf(index))),
    runFlapping(wall, flap),
    runAccounting(wall),
  ];
  const shown = runs.map(async (one) => {
    const outcome = await one;
    onOutcome(outcome);
    return outcome;
  });
  return await Promise.all(shown); // the servers are closed when this function returns
}

function modelOf(index: number): string {
  return `s${index + 1}`;
}

function isWilling(model: string): boolean {
  return SCENARIOS.some(({ isPrefillRefused }, index) => isPrefillRefused && modelOf(index) === model);
}

async function run(wall: Wall, scenario: Scenario, model: string): Promise<Outcome> {
  const heard: Heard[] = [];
  for (let i = 0; i < (scenario.calls ?? 1); i++) heard.push(await wall.ask(model));
  const { mostPrimaryCalls, error, name } = scenario;
  const asked = wall.asked("primary", model);
  const problem =
    heard.map((one) => problemOf(one, error)).find((one) => one !== undefined) ??
    (asked > mostPrimaryCalls ? `the primary was asked ${asked} times` : undefined) ??
    (error !== undefined && wall.asked("fallback", model) > 0 ? "the fallback was asked" : undefined);
  return outcome(wall, name, model, heard, problem);
}

function problemOf({ text, isWhole, error }: Heard, expected?: string): string | undefined {
  if (error !== expected) return `the error ${error}`;
  if (expected !== undefined) return undefined;
  if (text !== TEXT) return `another text: ${text.slice(0, 40)}…`;
  return isWhole ? undefined : "no end";
}

function outcome(
  wall: Wall,
  name: string,
  model: string,
  heard: readonly Heard[],
  problem: string | undefined,
): Outcome {
  return {
    name,
    problem,
    firstWordMs: Math.max(...heard.map(({ firstWordMs }) => firstWordMs)),
    endMs: Math.max(...heard.map(({ endMs }) => endMs)),
    primaryCalls: wall.asked("primary", model),
    fallbackCalls: wall.asked("fallback", model),
  };
}

interface Flap {
  readonly act: Act;
  start(): void;
  /** How often the primary was asked in each of its outages. */
  outages(): readonly number[];
  /** How many outages the primary was not asked after any more. */
  unnoticed(): number;
}

/** Well for ten seconds, and down for the next ten. */
function createFlap(): Flap {
  let startedAt = performance.now();
  const calls = new Map<number, number>(); // by the span of time
  return {
    start: () => void (startedAt = performance.now()),
    act(response, model, nth) {
      const span = Math.floor((performance.now() - startedAt) / FLAP_MS);
      calls.set(span, (calls.get(span) ?? 0) + 1);
      return (span % 2 === 0 ? tell : overloaded)(response, model, nth);
    },
    outages: () => [...calls].flatMap(([span, asked]) => (span % 2 === 1 ? asked : [])),
    unnoticed: () => [2, 4, 6].filter((span) => !calls.has(span)).length,
  };
}

async function runFlapping(wall: Wall, flap: Flap): Promise<Outcome> {
  const heard: Promise<Heard>[] = [];
  flap.start();
  for (let ms = 0; ms < FLAPPING_MS; ms += FLAPPING_PAUSE_MS) {
    heard.push(wall.ask("flapping"));
    await setTimeout(FLAPPING_PAUSE_MS);
  }
  const all = await Promise.all(heard);
  const most = Math.max(...flap.outages());
  const problem =
    all.map((one) => problemOf(one)).find((one) => one !== undefined) ??
    (most > MOST_CALLS_PER_OUTAGE ? `the primary was asked ${most} times while it was down` : undefined) ??
    (flap.unnoticed() > 0 ? "the primary was not asked again when it was well" : undefined);
  return outcome(wall, "a primary that flaps for 80 s", "flapping", all, problem);
}

const failAndCut: Act = (response, model, nth) =>
  (nth === 1 ? refuse(500, { message: "Oops." }) : cut)(response, model, nth);

/** One call, three attempts: they stand in one record, and only the last is an answer. */
async function runAccounting(wall: Wall): Promise<Outcome> {
  const heard = await wall.ask("accounting");
  const records = await recordsOf(wall.program, "accounting");
  const [record] = records;
  const tried = record?.attempts?.map(({ outcome }) => outcome).join(", ");
  const problem =
    problemOf(heard) ??
    (records.length === 1 ? undefined : `${records.length} records`) ??
    (tried === "500, upstream_incomplete, ok" ? undefined : `the attempts ${tried}`) ??
    (record?.completionTokens === heard.completionTokens ? undefined : `${record?.completionTokens} tokens`);
  return outcome(wall, "accounting", "accounting", [heard], problem);
}

/** They come a moment after the answer's end. */
async function recordsOf(program: Program, model: string): Promise<readonly CallRecord[]> {
  for (let tries = 0; ; tries++) {
    await setTimeout(RECORD_PAUSE_MS);
    const found = program.stderr().split("\n").flatMap(recordIn);
    const own = found.filter((record) => record.model === model);
    if (own.length > 0 || tries === RECORD_TRIES) return own;
  }
}

/** What a line of the log says of a call. */
function recordIn(line: string): readonly CallRecord[] {
  if (!line.endsWith("}")) return []; // half of it is still under way
  const { call } = JSON.parse(line) as { readonly call?: CallRecord };
  return call ? [call] : [];
}

interface Event {
  readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
  readonly usage?: { readonly completion_tokens: number } | null;
  readonly error?: { readonly code: string | null };
}

async function ask(url: string, model: string): Promise<Heard> {
  const startedAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - startedAt);
  const messages = [{ role: "user", content: "Count." }];
  const body = { model, messages, stream: true, stream_options: { include_usage: true } };
  const response = await post(`${url}/v1/chat/completions`, JSON.stringify(body));
  let [text, isWhole, firstWordMs] = ["", false, 0];
  let error: string | undefined;
  let completionTokens: number | undefined;
  if (response.status !== 200 || !response.body) {
    const refused = (await response.json()) as Event;
    error = refused.error?.code ?? String(response.status);
  } else {
    for await (const data of dataOf(response.body)) {
      isWhole ||= data === "[DONE]";
      const event = (isWhole ? {} : JSON.parse(data)) as Event;
      const word = event.choices?.[0]?.delta.content ?? "";
      if (text === "" && word !== "") firstWordMs = elapsedMs();
      text += word;
      completionTokens = event.usage?.completion_tokens ?? completionTokens;
      if (event.error) error = event.error.code ?? "an error";
    }
  }
  const endMs = elapsedMs();
  return { text, isWhole, error, completionTokens, firstWordMs: firstWordMs || endMs, endMs };
}

async function* dataOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const events of decoded(body, createEventDecoder())) for (const { data } of events) yield data;
}
