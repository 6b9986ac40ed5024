import assert from "node:assert/strict";
import { test } from "node:test";
import { collect, greedy, tinyModel } from "./chat/fixtures/tiny.ts";
import { createEngine, type Engine, type EngineOptions, type Loaders } from "./engine.ts";
import { EngineError } from "./errors.ts";
import type { Hub } from "./hub/hub.ts";
import type { ChatModel, EmbeddingModel, GenerateEvent, Snapshot } from "./model.ts";
import { formatReference } from "./reference.ts";

const defaults = { chat: "owner/chat-GGUF:Q8_0", tiny: "owner/tiny-GGUF:Q4_1", embed: "owner/embed" };
const never = new AbortController().signal;
const request = greedy([{ role: "user", content: "Hi" }]);
const END: GenerateEvent = { type: "end", reason: "stop", promptTokens: 1, completionTokens: 1, cachedTokens: 0 };

/** A hub that has everything but what `missing` names. */
function fakeHub(missing: ReadonlyMap<string, EngineError>): Hub & { readonly asked: string[] } {
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
  };
}

/** Chat models that answer with their own name. */
const fakeLoaders: Loaders = {
  check: async () => undefined,
  chat: async (snapshot) => fakeChat(snapshot),
  embedding: async (snapshot) => fakeEmbedding(snapshot),
};

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
  const options = { hub, threads: 1, contextTokens: 512, gpu: "off", cacheDirectory: "/", defaults, onNotice } as const;
  return { engine: createEngine(options, loaders), asked: hub.asked, notices, missing };
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

test("a model that is loaded is not looked up again, under whichever name", async () => {
  const { engine, asked } = setUp();
  await ask(engine, "local/chat");
  await ask(engine, defaults.chat);
  assert.equal(asked.length, 1);
});

test("local/tiny answers while local/chat cannot be fetched, and the hub is left alone meanwhile", async () => {
  const { engine, asked, notices, missing } = setUp();
  missing.set(defaults.chat, new EngineError("no_network", "The hub could not be reached."));
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
  for (const name of [defaults.chat, defaults.embed]) missing.set(name, new EngineError("no_network", "Unreachable."));
  await assert.rejects(ask(engine, defaults.chat), { code: "no_network" });
  await assert.rejects(engine.embed("local/embed", { inputs: ["a"] }, never), { code: "no_network" });
  missing.set(defaults.chat, new EngineError("disk_full", "No space."));
  await assert.rejects(ask(engine, "local/chat"), { code: "disk_full" });
});

test("models on disk are listed, with those that are in memory marked", async () => {
  const { engine } = setUp();
  await ask(engine, "local/chat");
  assert.deepEqual(await engine.models(), [
    { name: defaults.chat, purpose: "chat", bytes: 5, loaded: true },
    { name: defaults.embed, purpose: "embedding", bytes: 6, loaded: false },
  ]);
});

test("an answer that fails at its first event fails at once", async () => {
  const refuse = new EngineError("context_length_exceeded", "Too long.");
  // oxlint-disable-next-line require-yield -- it fails before
  const generate = async function* (): AsyncGenerator<GenerateEvent> {
    throw refuse;
  };
  const { engine } = setUp({ ...fakeLoaders, chat: async (snapshot) => ({ ...fakeChat(snapshot), generate }) });
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
  const chat = async (snapshot: Snapshot): Promise<ChatModel> => ({ ...fakeChat(snapshot), generate });
  return { loaders: { ...fakeLoaders, chat }, left: () => left };
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
  const hub: Hub = { snapshot: async () => snapshot, cached: async () => [] };
  const engine = createEngine({
    hub,
    threads: 1,
    contextTokens: 512,
    gpu: "off",
    cacheDirectory: "/",
    defaults,
    onNotice: () => {},
  });
  const [first] = oracle.chat;
  assert.ok(first);
  const { events } = await engine.generate("local/tiny", greedy(first.messages, { maxTokens: 16 }), never);
  assert.equal((await collect(events)).text, first.greedy_text);
  await engine.close();
});

test("what cannot be loaded is not downloaded first", async () => {
  const check = async (): Promise<never> => {
    throw new EngineError("not_installed", "no llama.cpp");
  };
  const { engine, asked } = setUp({ ...fakeLoaders, check });
  await assert.rejects(engine.generate("local/tiny", request, new AbortController().signal), { code: "not_installed" });
  assert.deepEqual(asked, []);
});
