import assert from "node:assert/strict";
import { test } from "node:test";
import type { Wording } from "../messages/say.ts";
import { collect, greedy, tinyModel } from "./chat/fixtures/tiny.ts";
import { createEngine, type Engine, type EngineOptions, type ModelFiles } from "./engine.ts";
import { EngineError } from "./errors.ts";
import type { Loadable } from "./loaded.ts";
import type { Loaders } from "./loaders.ts";
import type { ChatModel, EmbeddingModel, GenerateEvent, RerankModel, Snapshot } from "./model.ts";
import { formatReference } from "./reference.ts";

const said = (text: string): Wording => ({ en: text, "zh-TW": text });

const defaults = { chat: "owner/chat-GGUF:Q8_0", tiny: "owner/tiny-GGUF:Q4_1", embed: "owner/embed" };
const never = new AbortController().signal;
const request = greedy([{ role: "user", content: "Hi" }]);
const END: GenerateEvent = { type: "end", reason: "stop", promptTokens: 1, completionTokens: 1, cachedTokens: 0 };

/** A hub that has everything but what `missing` names. */
function fakeHub(missing: ReadonlyMap<string, EngineError>): ModelFiles & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async snapshot(reference, purpose) {
      const id = formatReference(reference);
      asked.push(`${purpose} ${id}`);
      const error = missing.get(id);
      if (error !== undefined) throw error;
      return { id, directory: "/", files: [], revision: "1" };
    },
    cached: async () => [
      { name: defaults.chat, purpose: "chat", bytes: 5 },
      { name: defaults.embed, purpose: "embedding", bytes: 6 },
    ],
    purposeOf: async () => "chat",
    remove: async () => 0,
  };
}

/** Chat models that answer with their own name. */
const fakeLoaders: Loaders = {
  check: async () => undefined,
  chat: async ({ snapshot }) => loadable(fakeChat(snapshot)),
  embedding: async ({ snapshot }) => loadable(fakeEmbedding(snapshot)),
  rerank: async ({ snapshot }) => loadable(fakeReranker(snapshot)),
};

/** Of one byte, where there is room for two. */
function loadable<Model>(model: Model): Loadable<Model> {
  return { need: { model: "a model", leastBytes: 1, bestBytes: 1 }, load: async () => model };
}

function fakeChat({ id }: Snapshot): ChatModel {
  return {
    contextTokens: 1,
    async *generate() {
      yield { type: "text", text: id };
      yield END;
    },
    dispose: async () => {},
  };
}

function fakeEmbedding({ id }: Snapshot): EmbeddingModel {
  return {
    dimensions: 1,
    embed: async () => ({ vectors: [Float32Array.of(id.length)], promptTokens: 1, truncatedInputs: 0 }),
    dispose: async () => {},
  };
}

function fakeReranker({ id }: Snapshot): RerankModel {
  return {
    rerank: async ({ documents }) => ({ scores: documents.map(() => id.length), promptTokens: 1 }),
    dispose: async () => {},
  };
}

const settings: Omit<EngineOptions, "hub"> = {
  threads: 1,
  contextTokens: 512,
  gpu: "off",
  cacheDirectory: "/",
  memoryBytes: 2,
  keepAliveMs: Number.MAX_SAFE_INTEGER,
  defaults,
  onNotice: () => undefined,
};

interface Parts {
  readonly engine: Engine;
  readonly asked: readonly string[];
  readonly notices: readonly string[];
  readonly missing: Map<string, EngineError>;
}

function setUp(loaders = fakeLoaders): Parts {
  const missing = new Map<string, EngineError>();
  const hub = fakeHub(missing);
  const notices: string[] = [];
  const onNotice: EngineOptions["onNotice"] = (message) => notices.push(message);
  return { engine: createEngine({ ...settings, hub, onNotice }, loaders), asked: hub.asked, notices, missing };
}

async function ask(engine: Engine, model: string): Promise<readonly [model: string, text: string]> {
  const answer = await engine.generate(model, request, never);
  return [answer.model, (await collect(answer.events)).text];
}

test("the default names mean the configured models, other names themselves", async () => {
  const { engine, asked } = setUp();
  assert.deepEqual(await ask(engine, "local/chat"), ["local/chat", defaults.chat]);
  assert.deepEqual(await ask(engine, "local/tiny"), ["local/tiny", defaults.tiny]);
  assert.deepEqual(await ask(engine, "owner/other:Q4_0"), ["owner/other:Q4_0", "owner/other:Q4_0"]);
  const { model, vectors } = await engine.embed("local/embed", { inputs: ["a"] }, never);
  assert.deepEqual([model, vectors], ["local/embed", [Float32Array.of(defaults.embed.length)]]);
  assert.deepEqual(asked, [
    `chat ${defaults.chat}`,
    `chat ${defaults.tiny}`,
    "chat owner/other:Q4_0",
    `embedding ${defaults.embed}`,
  ]);
});

test("a reranker is fetched as one, and ranks", async () => {
  const { engine, asked } = setUp();
  const { model, scores } = await engine.rerank(
    "owner/ranker",
    { query: "q", documents: ["a", "b"], truncate: true },
    never,
  );
  assert.deepEqual([model, scores], ["owner/ranker", [12, 12]]);
  assert.deepEqual(asked, ["rerank owner/ranker"]);
});

test("a model that is loaded is not looked up again, under whichever name", async () => {
  const { engine, asked } = setUp();
  await ask(engine, "local/chat");
  await ask(engine, defaults.chat);
  assert.equal(asked.length, 1);
});

test("local/tiny answers while local/chat cannot be fetched, and the hub is left alone meanwhile", async () => {
  const { engine, asked, notices, missing } = setUp();
  missing.set(defaults.chat, new EngineError("no_network", said("The hub could not be reached.")));
  assert.deepEqual(await ask(engine, "local/chat"), ["local/tiny", defaults.tiny]);
  assert.deepEqual(await ask(engine, "local/chat"), ["local/tiny", defaults.tiny]);
  assert.deepEqual(asked, [`chat ${defaults.chat}`, `chat ${defaults.tiny}`]);
  assert.deepEqual(notices, [
    "local/tiny answers instead of local/chat, which was never downloaded. The hub could not be reached.",
  ]);

  missing.clear();
  await engine.pull("local/chat", "chat", never);
  assert.deepEqual(await ask(engine, "local/chat"), ["local/chat", defaults.chat]);
});

test("nothing else stands in for another: neither for other failures, other names nor embeddings", async () => {
  const { engine, missing } = setUp();
  for (const name of [defaults.chat, defaults.embed])
    missing.set(name, new EngineError("no_network", said("Unreachable.")));
  await assert.rejects(ask(engine, defaults.chat), { code: "no_network" });
  await assert.rejects(engine.embed("local/embed", { inputs: ["a"] }, never), { code: "no_network" });
  missing.set(defaults.chat, new EngineError("disk_full", said("No space.")));
  await assert.rejects(ask(engine, "local/chat"), { code: "disk_full" });
});

test("models on disk are listed, with those that are in memory marked", async () => {
  const { engine } = setUp();
  await ask(engine, "local/chat");
  assert.deepEqual(await engine.models(), [
    { name: defaults.chat, purpose: "chat", bytes: 5, loaded: true, memoryBytes: 1, calls: 0 },
    { name: defaults.embed, purpose: "embedding", bytes: 6, loaded: false, memoryBytes: 0, calls: 0 },
  ]);
});

test("an answer that fails at its first event fails at once", async () => {
  const refuse = new EngineError("context_length_exceeded", said("Too long."));
  // oxlint-disable-next-line require-yield -- it fails before
  const generate = async function* (): AsyncGenerator<GenerateEvent> {
    throw refuse;
  };
  const { engine } = setUp({ ...fakeLoaders, chat: withAnswers(generate) });
  await assert.rejects(engine.generate("local/chat", request, never), refuse);
});

/** A model whose answers do not end by themselves; counts those that were left. */
function endless(): { loaders: Loaders; left: () => number } {
  let left = 0;
  const generate = async function* (): AsyncGenerator<GenerateEvent> {
    try {
      for (;;) yield { type: "text", text: "." };
    } finally {
      left++;
    }
  };
  return { loaders: { ...fakeLoaders, chat: withAnswers(generate) }, left: () => left };
}

function withAnswers(generate: ChatModel["generate"]): Loaders["chat"] {
  return async ({ snapshot }) => loadable({ ...fakeChat(snapshot), generate });
}

test("the signal ends an answer, also one that nobody iterates, and the model can then be replaced", async () => {
  const { loaders, left } = endless();
  const { engine } = setUp(loaders);
  const gone = new AbortController();
  const { events } = await engine.generate("owner/a", request, gone.signal);
  await engine.generate("owner/b", request, gone.signal);
  const third = engine.generate("owner/c", request, never);
  gone.abort();
  const answer = await third;
  assert.equal(left(), 2);
  await assert.rejects(
    async () => {
      for await (const _ of events);
    },
    { name: "AbortError" },
  );
  for await (const _ of answer.events) break;
  assert.equal(left(), 3);
});

test("closing ends the answers that are running", async () => {
  const { loaders, left } = endless();
  const { engine } = setUp(loaders);
  const { events } = await engine.generate("local/chat", request, never);
  await engine.close();
  assert.equal(left(), 1);
  await assert.rejects(collect(events), { code: "busy" });
  await assert.rejects(engine.generate("local/chat", request, never), { code: "busy" });
});

test("a real model answers through the engine as it does alone", async () => {
  const { snapshot, oracle } = tinyModel("llama-3");
  const hub: ModelFiles = { ...fakeHub(new Map()), snapshot: async () => snapshot, cached: async () => [] };
  const computers: string[] = [];
  const onComputer: EngineOptions["onComputer"] = ({ name }) => computers.push(name);
  const engine = createEngine({ ...settings, hub, onComputer, memoryBytes: 1e9 });
  const [first] = oracle.chat;
  assert.ok(first);
  const { events } = await engine.generate("local/tiny", greedy(first.messages, { maxTokens: 16 }), never);
  assert.equal((await collect(events)).text, first.greedy_text);
  assert.match(computers.join(), /^\S.* \(CPU.*\), 1 thread$/);
  await engine.close();
});

test("llama.cpp is started before the first model needs it, and says once what it computes on", async () => {
  const computers: string[] = [];
  const onComputer: EngineOptions["onComputer"] = ({ name }) => computers.push(name);
  const engine = createEngine({ ...settings, hub: fakeHub(new Map()), onComputer });
  await engine.warmUp();
  await engine.warmUp();
  assert.equal(computers.length, 1);
});

test("what cannot be loaded is not downloaded first", async () => {
  const check = async (): Promise<never> => {
    throw new EngineError("not_installed", said("no llama.cpp"));
  };
  const { engine, asked } = setUp({ ...fakeLoaders, check });
  await assert.rejects(engine.generate("local/tiny", request, new AbortController().signal), { code: "not_installed" });
  assert.deepEqual(asked, []);
});

test("a model is known to be loaded under its name without a quantisation, too", async () => {
  const cached = async () => [{ name: "owner/chat-GGUF", purpose: "chat", bytes: 5 } as const];
  const engine = createEngine({ ...settings, hub: { ...fakeHub(new Map()), cached } }, fakeLoaders);
  await ask(engine, "owner/chat-GGUF:Q8_0");
  assert.deepEqual(
    (await engine.models()).map(({ loaded }) => loaded),
    [true],
  );
});

test("models are loaded before they are called, stay as long as a call says, and are unloaded by name", async () => {
  const { engine, asked } = setUp();
  await engine.preload("local/chat", never);
  await engine.preload("local/embed", never);
  assert.deepEqual(asked, [`chat ${defaults.chat}`, `embedding ${defaults.embed}`]);
  assert.deepEqual(
    (await engine.models()).map(({ loaded }) => loaded),
    [true, true],
  );
  assert.equal(await engine.unload("owner/chat-GGUF"), true);
  assert.equal(await engine.unload("local/chat"), false);
  await engine.embed("local/embed", { inputs: ["a"], keepAliveMs: 0 }, never);
  assert.deepEqual(
    (await engine.models()).map(({ loaded }) => loaded),
    [false, false],
  );
});

test("a model that fails in an unknown way is loaded anew for the next call", async () => {
  let loads = 0;
  const embedding: Loaders["embedding"] = async ({ snapshot }) => {
    const model = fakeEmbedding(snapshot);
    const dead = { ...model, embed: () => Promise.reject(new Error("its thread has ended")) };
    return loadable(loads++ === 0 ? dead : model);
  };
  const { engine } = setUp({ ...fakeLoaders, embedding });
  await assert.rejects(engine.embed("local/embed", { inputs: ["a"] }, never), /its thread has ended/);
  assert.equal((await engine.embed("local/embed", { inputs: ["a"] }, never)).vectors.length, 1);
});

test("who has given up is let go of at once, while the model still computes", async () => {
  const computed = Promise.withResolvers<void>();
  const generate = async function* (): AsyncGenerator<GenerateEvent> {
    await computed.promise;
    yield END;
  };
  const { engine } = setUp({ ...fakeLoaders, chat: withAnswers(generate) });
  const gone = new AbortController();
  const answer = engine.generate("local/chat", request, gone.signal);
  setImmediate(() => gone.abort());
  await assert.rejects(answer, { name: "AbortError" });
  assert.equal((await engine.models())[0]?.calls, 1);
  computed.resolve();
});

test("loading and unloading again and again leaves nothing behind", async () => {
  const { snapshot } = tinyModel("llama-3");
  const hub: ModelFiles = { ...fakeHub(new Map()), snapshot: async () => snapshot, cached: async () => [] };
  const engine = createEngine({ ...settings, hub, memoryBytes: 1e9, keepAliveMs: 0 });
  const loadedTimes = async (times: number): Promise<number> => {
    for (let time = 0; time < times; time++) {
      const { events } = await engine.generate("local/tiny", { ...request, maxTokens: 1 }, never);
      await collect(events);
    }
    return process.memoryUsage.rss();
  };
  const before = await loadedTimes(5);
  const after = await loadedTimes(20);
  assert.ok(after - before < 40e6, `${before} bytes became ${after}`);
  await engine.close();
});
