import assert from "node:assert/strict";
import { test } from "node:test";
import { createLoadedModels, type LoadedModels } from "./loaded.ts";

interface Fake {
  readonly name: string;
  dispose(): Promise<void>;
}

const never = new AbortController().signal;

/** Models that log what happens to them. */
function setUp(maxModels: number): {
  models: LoadedModels<Fake>;
  log: string[];
  load: (name: string) => () => Promise<Fake>;
} {
  const log: string[] = [];
  const load = (name: string) => async (): Promise<Fake> => {
    log.push(`load ${name}`);
    return { name, dispose: async () => void log.push(`dispose ${name}`) };
  };
  return { models: createLoadedModels<Fake>(maxModels), log, load };
}

test("a model is loaded once for all callers, also for those that come later", async () => {
  const { models, log, load } = setUp(2);
  const [one, two] = await Promise.all([models.lease("a", load("a"), never), models.lease("a", load("a"), never)]);
  assert.equal(one.model, two.model);
  assert.equal((await models.lease("a", load("a"), never)).model, one.model);
  assert.deepEqual(log, ["load a"]);
  assert.equal(models.has("a"), true);
});

test("a caller that leaves does not spoil the load for the others", async () => {
  const { models } = setUp(2);
  const loading = Promise.withResolvers<Fake>();
  const gone = new AbortController();
  const one = models.lease("a", () => loading.promise, gone.signal);
  const two = models.lease("a", () => loading.promise, never);
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
  const lease = models.lease("a", slow, gone.signal);
  gone.abort();
  await assert.rejects(lease, { name: "AbortError" });
  await cancelled.promise;
  assert.equal((await models.lease("a", load("a"), never)).model.name, "a");
  assert.deepEqual(log, ["dispose late", "load a"]);
});

test("a load that failed is tried again by the next caller", async () => {
  const { models, load } = setUp(1);
  const failing = async (): Promise<Fake> => Promise.reject(new Error("no luck"));
  const both = [models.lease("a", failing, never), models.lease("a", failing, never)];
  for (const lease of both) await assert.rejects(lease, /no luck/);
  assert.equal((await models.lease("a", load("a"), never)).model.name, "a");
});

test("where there is no room, the idle model that was used longest ago goes", async () => {
  const { models, log, load } = setUp(2);
  for (const name of ["a", "b", "a", "c"]) (await models.lease(name, load(name), never)).release();
  assert.deepEqual(log, ["load a", "load b", "dispose b", "load c"]);
});

test("a model in use never goes: the next one waits until one is free", async () => {
  const { models, log, load } = setUp(1);
  const a = await models.lease("a", load("a"), never);
  const gone = new AbortController();
  const given = models.lease("b", load("b"), gone.signal);
  const waiting = models.lease("c", load("c"), never);
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
  await models.lease("a", load("a"), never);
  const loading = models.lease("b", (signal) => failWhenAborted(signal), never);
  const refused = assert.rejects(loading, { code: "busy" });
  await models.close();
  await refused;
  assert.deepEqual(log, ["load a", "dispose a"]);
  await assert.rejects(models.lease("a", load("a"), never), { code: "busy" });
});

function failWhenAborted(signal: AbortSignal): Promise<Fake> {
  const { promise, reject } = Promise.withResolvers<Fake>();
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}
