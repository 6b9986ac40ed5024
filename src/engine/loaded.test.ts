import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { createLoadedModels, type Loadable, type LoadedModels } from "./loaded.ts";
import { createMemory } from "./memory.ts";

interface Fake {
  readonly name: string;
  dispose(): Promise<void>;
}

const never = new AbortController().signal;

const FOREVER_MS = Number.MAX_SAFE_INTEGER;

type Load = (signal: AbortSignal) => Promise<Fake>;

/** A model of one byte. */
function loadable(load: Load): () => Promise<Loadable<Fake>> {
  const need = { model: "m", leastBytes: 1, bestBytes: 1 };
  return async () => ({ need, load: (_, signal) => load(signal) });
}

interface Parts {
  readonly models: LoadedModels<Fake>;
  readonly log: string[];
  /** Models that log what happens to them. */
  load(name: string): () => Promise<Loadable<Fake>>;
}

function setUp(memoryBytes: number): Parts {
  const log: string[] = [];
  const load = (name: string): (() => Promise<Loadable<Fake>>) =>
    loadable(async () => {
      log.push(`load ${name}`);
      return { name, dispose: async () => void log.push(`dispose ${name}`) };
    });
  return { models: createLoadedModels<Fake>(createMemory(memoryBytes, "a setting")), log, load };
}

test("a model is loaded once for all callers, also for those that come later", async () => {
  const { models, log, load } = setUp(2);
  const [one, two] = await Promise.all([
    models.lease("a", load("a"), never, FOREVER_MS),
    models.lease("a", load("a"), never, FOREVER_MS),
  ]);
  assert.equal(one.model, two.model);
  assert.equal((await models.lease("a", load("a"), never, FOREVER_MS)).model, one.model);
  assert.deepEqual(log, ["load a"]);
  assert.deepEqual(models.states(), [{ key: "a", loaded: true, bytes: 1, calls: 3 }]);
});

test("a caller that leaves does not spoil the load for the others", async () => {
  const { models } = setUp(2);
  const loading = Promise.withResolvers<Fake>();
  const gone = new AbortController();
  const one = models.lease(
    "a",
    loadable(() => loading.promise),
    gone.signal,
    FOREVER_MS,
  );
  const two = models.lease(
    "a",
    loadable(() => loading.promise),
    never,
    FOREVER_MS,
  );
  gone.abort();
  await assert.rejects(one, { name: "AbortError" });
  loading.resolve({ name: "a", dispose: async () => {} });
  assert.equal((await two).model.name, "a");
});

test("when all callers have left, the load is cancelled, and the next caller starts another", async () => {
  const { models, log, load } = setUp(1);
  const gone = new AbortController();
  const cancelled = Promise.withResolvers<void>();
  const slow = async (signal: AbortSignal): Promise<Fake> => {
    signal.addEventListener("abort", () => cancelled.resolve());
    await cancelled.promise;
    return { name: "late", dispose: async () => void log.push("dispose late") };
  };
  const lease = models.lease("a", loadable(slow), gone.signal, FOREVER_MS);
  gone.abort();
  await assert.rejects(lease, { name: "AbortError" });
  await cancelled.promise;
  assert.equal((await models.lease("a", load("a"), never, FOREVER_MS)).model.name, "a");
  assert.deepEqual(log, ["dispose late", "load a"]);
});

test("a load that failed is tried again by the next caller", async () => {
  const { models, load } = setUp(1);
  const failing = async (): Promise<Fake> => Promise.reject(new Error("no luck"));
  const both = [
    models.lease("a", loadable(failing), never, FOREVER_MS),
    models.lease("a", loadable(failing), never, FOREVER_MS),
  ];
  for (const lease of both) await assert.rejects(lease, /no luck/);
  assert.equal((await models.lease("a", load("a"), never, FOREVER_MS)).model.name, "a");
});

test("where there is no room, the idle model that was used longest ago goes", async () => {
  const { models, log, load } = setUp(2);
  for (const name of ["a", "b", "a", "c"]) (await models.lease(name, load(name), never, FOREVER_MS)).release();
  assert.deepEqual(log, ["load a", "load b", "dispose b", "load c"]);
});

test("a model in use never goes: the next one waits until one is free", async () => {
  const { models, log, load } = setUp(1);
  const a = await models.lease("a", load("a"), never, FOREVER_MS);
  const gone = new AbortController();
  const given = models.lease("b", load("b"), gone.signal, FOREVER_MS);
  const waiting = models.lease("c", load("c"), never, FOREVER_MS);
  gone.abort();
  await assert.rejects(given, { name: "AbortError" });
  assert.deepEqual(log, ["load a"]);
  a.release();
  a.release();
  assert.equal((await waiting).model.name, "c");
  assert.deepEqual(log, ["load a", "dispose a", "load c"]);
});

test("closing disposes what is loaded and cancels what is loading", async () => {
  const { models, log, load } = setUp(2);
  await models.lease("a", load("a"), never, FOREVER_MS);
  const loading = models.lease("b", loadable(failWhenAborted), never, FOREVER_MS);
  const refused = assert.rejects(loading, { code: "busy" });
  await models.close();
  await refused;
  assert.deepEqual(log, ["load a", "dispose a"]);
  await assert.rejects(models.lease("a", load("a"), never, FOREVER_MS), { code: "busy" });
});

function failWhenAborted(signal: AbortSignal): Promise<Fake> {
  const { promise, reject } = Promise.withResolvers<Fake>();
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}

test("a model leaves when nobody has used it for as long as the last caller wished, or at once", async () => {
  const { models, log, load } = setUp(2);
  (await models.lease("a", load("a"), never, 0)).release();
  await setImmediate();
  assert.deepEqual(log, ["load a", "dispose a"]);
  (await models.lease("b", load("b"), never, 1)).release();
  while (log.length < 4) await setTimeout(1);
  assert.deepEqual(log.slice(2), ["load b", "dispose b"]);
});

test("a model in use is unloaded when its callers have left it, and those who come meanwhile get a new one", async () => {
  const { models, log, load } = setUp(2);
  const first = await models.lease("a", load("a"), never, FOREVER_MS);
  assert.equal(await models.unload((key) => key === "a"), true);
  const second = await models.lease("a", load("a"), never, FOREVER_MS);
  assert.deepEqual(log, ["load a", "load a"]);
  first.release();
  await setImmediate();
  assert.deepEqual(log, ["load a", "load a", "dispose a"]);
  second.release();
  assert.equal(await models.unload((key) => key === "a"), true);
  assert.equal(await models.unload((key) => key === "a"), false);
  assert.equal(log.length, 4);
});

test("a model that has failed is loaded anew for the next caller, and its failure in going hurts nobody", async () => {
  const { models, load, log } = setUp(1);
  const broken = async (): Promise<Fake> => ({ name: "broken", dispose: () => Promise.reject(new Error("dead")) });
  const lease = await models.lease("a", loadable(broken), never, FOREVER_MS);
  lease.discard();
  assert.equal((await models.lease("a", load("a"), never, FOREVER_MS)).model.name, "a");
  assert.deepEqual(log, ["load a"]);
});
