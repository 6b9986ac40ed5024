import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import * as fc from "fast-check";
import { runs } from "../../../test/fuzz.ts";
import { EngineError } from "../errors.ts";
import type { ChatModel, ChosenToken, GenerateEvent, GenerateRequest } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { ON_PROCESSOR } from "./concurrency.ts";
import { familyFiles, letters } from "./fixtures/family.ts";
import { cpu, greedy, never } from "./fixtures/tiny.ts";

/** One family of each kind: with keys and values alone, with a window, with a state, and with both of the last. */
const FAMILIES = ["llama-rope-llama3", "olmo3", "mamba2", "qwen35"] as const;
/** Rooms are outgrown on the way to it, and in the last one a window leaves tokens behind. */
const CONTEXT_TOKENS = 1536;
const SHAPE = { sliding_window: 200, max_position_embeddings: CONTEXT_TOKENS };
const CONVERSATIONS = 3;
/** Two tokens that are likelier than all others, and nearer to each other than this, may change places. */
const NEAR = 0.02;

/** What is asked next in a conversation, and how it ends. */
interface Turn {
  readonly conversation: number;
  /** The text so far is cut after so many thousandths of it. */
  readonly kept: number;
  readonly added: string;
  readonly maxTokens: number;
  readonly json: boolean;
  /** Events after which the caller leaves, by its signal or by leaving the iteration; 0 is before the first. */
  readonly leaves: { readonly after: number; readonly by: "signal" | "return" } | undefined;
}

const added = fc
  .tuple(fc.nat({ max: 1e4 }), fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 300 })))
  .map(([from, length]) => letters(length, from));

/** How long the conversations are when they begin. */
const lengths = fc.array(fc.oneof(fc.nat({ max: 100 }), fc.integer({ min: 900, max: 1400 })), {
  minLength: CONVERSATIONS,
  maxLength: CONVERSATIONS,
});

const turn: fc.Arbitrary<Turn> = fc.record({
  conversation: fc.nat({ max: CONVERSATIONS - 1 }),
  kept: fc.oneof(fc.constant(1000), fc.nat({ max: 1000 })),
  added,
  maxTokens: fc.integer({ min: 1, max: 12 }),
  json: fc.boolean(),
  leaves: fc.option(fc.record({ after: fc.nat({ max: 4 }), by: fc.constantFrom("signal", "return") }), {
    nil: undefined,
    freq: 4,
  }),
});
/** Those of a round are asked at the same time. */
const rounds = fc.array(fc.array(turn, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 5 });

for (const name of FAMILIES) {
  test(`${name}: whatever was asked before and is asked beside it, an answer is that of a fresh model`, async (t) => {
    const load = await loader(t, name);
    const property = fc.asyncProperty(lengths, rounds, async (lengths, rounds) => {
      const model = await load();
      const texts = lengths.map((length, at) => letters(length, at * 1000));
      const asked: Asked[] = [];
      for (const round of rounds) {
        for (const one of await Promise.all(round.map((turn) => ask(model, texts, turn)))) if (one) asked.push(one);
      }
      await model.dispose(); // which waits for ever where a slot has not been given back
      for (const one of asked) await assertAsFresh(one, await load());
    });
    await fc.assert(property, { ...runs(2), endOnFailure: true });
  });
}

/** A model whose prompt is the last message, with room for some, not all of the conversations. */
async function loader(t: TestContext, name: string): Promise<() => Promise<ChatModel>> {
  const { snapshot, weights } = await familyFiles(t, name, SHAPE);
  const concurrency = { ...ON_PROCESSOR, maxRunning: 2, bestCacheBytes: 1e6 };
  const options = {
    threads: 1,
    contextTokens: CONTEXT_TOKENS,
    gpu: "off",
    runtime: cpu,
    weights,
    concurrency,
  } as const;
  return () => loadChatModel(snapshot, options, never);
}

/** A request, and what came of it: an answer, or the code of its refusal. */
interface Asked {
  readonly request: GenerateRequest;
  readonly answer: Answer | string;
}

type End = Extract<GenerateEvent, { type: "end" }>;

interface Answer {
  readonly text: string;
  readonly tokens: readonly ChosenToken[];
  readonly end: End;
}

const GONE = new Error("gone");

/** Asks, and lets the conversation go on with the answer. @returns undefined where the caller has left. */
async function ask(model: ChatModel, texts: string[], turn: Turn): Promise<Asked | undefined> {
  const { conversation, kept, added, maxTokens, json } = turn;
  const before = texts[conversation] ?? "";
  const prompt = `${before.slice(0, Math.floor((before.length * kept) / 1000))}${added}`;
  texts[conversation] = prompt;
  const request = greedy([{ role: "user", content: prompt || "#" }], {
    maxTokens,
    topLogprobs: 2,
    ...(json && { json: { type: "array", items: { type: "integer", minimum: 0, maximum: 99 } } }),
  });
  const answer = await answerTo(model, request, turn.leaves);
  if (typeof answer === "string") texts[conversation] = "";
  else if (answer && texts[conversation] === prompt) texts[conversation] += answer.text;
  return answer === undefined ? undefined : { request, answer };
}

async function answerTo(
  model: ChatModel,
  request: GenerateRequest,
  leaves?: Turn["leaves"],
): Promise<Answer | string | undefined> {
  const caller = new AbortController();
  if (leaves?.after === 0) setImmediate(() => caller.abort(GONE));
  const events: GenerateEvent[] = [];
  try {
    for await (const event of model.generate(request, caller.signal)) {
      if (events.push(event) !== leaves?.after) continue;
      if (leaves.by === "return") return undefined;
      caller.abort(GONE);
    }
  } catch (error) {
    if (error === GONE) return undefined;
    if (error instanceof EngineError) return error.code;
    throw error;
  }
  return answerOf(events);
}

function answerOf(events: readonly GenerateEvent[]): Answer {
  const texts = events.filter((event) => event.type === "text");
  const end = events.at(-1);
  assert.ok(end?.type === "end");
  return {
    text: texts.map(({ text }) => text).join(""),
    tokens: texts.flatMap(({ logprobs = [] }) => logprobs),
    end,
  };
}

async function assertAsFresh({ request, answer }: Asked, fresh: ChatModel): Promise<void> {
  const expected = await answerTo(fresh, request);
  await fresh.dispose();
  if (typeof answer === "string" || typeof expected !== "object") return assert.equal(answer, expected);
  const { cachedTokens, ...end } = answer.end;
  const { cachedTokens: none, ...expectedEnd } = expected.end;
  assert.ok(none === 0 && cachedTokens < end.promptTokens);
  if (isNearlyEven(answer.tokens, expected.tokens)) return;
  assert.deepEqual({ text: answer.text, end }, { text: expected.text, end: expectedEnd });
  for (const [at, { logprob }] of answer.tokens.entries())
    assert.ok(Math.abs(logprob - (expected.tokens[at]?.logprob ?? 0)) < 0.1, `${logprob} at ${at}`);
}

/** Whether the answers part where the fresh model finds its two best tokens nearly as likely as each other. */
function isNearlyEven(tokens: readonly ChosenToken[], expected: readonly ChosenToken[]): boolean {
  const [best, second] = expected.find(({ text }, at) => text !== tokens[at]?.text)?.top ?? [];
  return best !== undefined && second !== undefined && best.logprob - second.logprob < NEAR;
}
