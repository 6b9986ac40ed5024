import assert from "node:assert/strict";
import { test } from "node:test";
import { openaiCompatible } from "../providers/openai-compatible/index.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { createModels, type Group, type Models, type ModelSettings } from "./model.ts";

const nobody: Upstream = { send: () => Promise.reject(new Error("nobody is asked")), close: async () => undefined };
const own = openaiCompatible({ name: "own", title: "Own", env: { key: [], baseUrl: [] }, baseUrl: "http://x/v1" });

/** Counts what is looked up, and lets nobody go through all of it. */
class CountedMap<Value> extends Map<string, Value> {
  lookUps = 0;
  override get(key: string): Value | undefined {
    this.lookUps++;
    return super.get(key);
  }
  override entries(): never {
    return refuse();
  }
  override keys(): never {
    return refuse();
  }
  override values(): never {
    return refuse();
  }
  override forEach(): never {
    return refuse();
  }
  override [Symbol.iterator](): never {
    return refuse();
  }
}

function refuse(): never {
  throw new Error("a call went through all that is configured");
}

interface Counted {
  readonly models: Models;
  lookUps(): number;
}

/** So many aliases, each of two models with settings, and keys of their provider. */
function configured(count: number): Counted {
  const aliases = new CountedMap<Group>();
  const settings = new CountedMap<ModelSettings>();
  const keys = Array.from({ length: count }, (_, index) => `sk-${index}`);
  for (let index = 0; index < count; index++) {
    aliases.set(`alias-${index}`, { models: [`own/a-${index}`, `own/b-${index}`], strategy: "ordered" });
    settings.set(`own/a-${index}`, { price: { input: 1, output: 2 } });
  }
  const connection = { baseUrl: "http://x/v1", keys, keyVariables: [], headers: {}, options: {}, timeouts: {} };
  const models = createModels({
    providers: [own],
    connections: new Map([["own", { ...connection, upstream: nobody, isConfigured: true }]]),
    aliases,
    settings,
    listPrices: () => undefined,
    balance: ({ models }) => models,
    localModels: { list: async () => [], find: async () => undefined, waitsFor: () => undefined },
  });
  return { models, lookUps: () => aliases.lookUps + settings.lookUps };
}

test("a call looks at as much of ten thousand models and aliases as of one", () => {
  const [few, many] = [configured(1), configured(10_000)];
  assert.equal(few.models.route("alias-0").targets[0]?.model, "a-0");
  assert.equal(many.models.route("alias-9999").targets[0]?.model, "a-9999");
  assert.equal(many.lookUps(), few.lookUps());
});

test("of many keys a call tries some, and the next call begins with the next one", () => {
  const { models } = configured(10_000);
  const tried = (): readonly number[] => models.route("own/c").targets.map(({ keyIndex }) => keyIndex);
  assert.deepEqual(
    tried(),
    Array.from({ length: 8 }, (_, index) => index),
  );
  assert.deepEqual(tried().slice(0, 2), [1, 2]);
});

test("few keys are all tried, each call beginning with another one", () => {
  const { models } = configured(3);
  const tried = (): readonly number[] => models.route("own/c").targets.map(({ keyIndex }) => keyIndex);
  assert.deepEqual(
    [tried(), tried(), tried(), tried()],
    [
      [0, 1, 2],
      [1, 2, 0],
      [2, 0, 1],
      [0, 1, 2],
    ],
  );
});
