import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createLlamaRuntime } from "../chat/llama.ts";
import { EngineError } from "../errors.ts";
import type { EmbeddingModel, Snapshot } from "../model.ts";
import { createEmbeddingModel, type EmbedderOptions, loadEmbeddingModel } from "./embedder.ts";
import type { Encoder } from "./encoder.ts";
import { splitIntoHalfShards } from "./fixtures/shards.ts";
import { cosine, folderSnapshot, tinyEncoder, type TinyEncoder } from "./fixtures/tiny.ts";

const NEVER = new AbortController().signal;
const cacheDirectory = await mkdtemp(join(tmpdir(), "omniport-embed-"));
after(() => rm(cacheDirectory, { recursive: true }));

for (const name of ["all-MiniLM", "bge-zh", "multilingual-e5"] as const) {
  test(`${name}: texts of all lengths in one call get the vectors of sentence-transformers`, async (t) => {
    const { oracle } = tinyEncoder(name);
    const model = await load(t, name);
    const inputs = oracle.embeddings.map(({ text }) => text);
    const { vectors, promptTokens, truncatedInputs } = await model.embed({ inputs }, NEVER);
    assert.equal(model.dimensions, oracle.dim);
    assert.equal(vectors.length, inputs.length);
    for (const [index, { text, vector }] of oracle.embeddings.entries()) {
      assert.ok(cosine(vectors[index]!, vector) >= 0.99999, text);
    }
    assert.equal(
      promptTokens,
      oracle.embeddings.reduce((sum, { ids }) => sum + ids.length, 0),
    );
    assert.equal(truncatedInputs, 1);
  });
}

test("token ids give the vector of the text that they are, special tokens put around them", async (t) => {
  const { oracle } = tinyEncoder("multilingual-e5");
  const model = await load(t, "multilingual-e5");
  const [long, short] = [oracle.embeddings.at(-1)!, oracle.embeddings[0]!];
  const tooLong = [...long.ids.slice(1, -1), 5, 6, 7];
  const result = await model.embed({ inputs: [short.ids.slice(1, -1), tooLong, []] }, NEVER);
  assert.ok(cosine(result.vectors[0]!, short.vector) >= 0.99999);
  assert.ok(cosine(result.vectors[1]!, long.vector) >= 0.99999);
  assert.equal(result.promptTokens, short.ids.length + oracle.max_seq_length + 2);
  assert.equal(result.truncatedInputs, 1);
});

test("a token id outside the vocabulary is refused, and the model goes on", async (t) => {
  const model = await load(t, "all-MiniLM");
  for (const id of [835, -1, 1.5]) {
    await assert.rejects(model.embed({ inputs: ["fine", [5, id]] }, NEVER), isEngineError("bad_request", /0 to 834/));
  }
  assert.equal((await model.embed({ inputs: ["fine"] }, NEVER)).vectors.length, 1);
});

test("many batches and calls at the same time keep the order of each call's inputs", async (t) => {
  const { oracle } = tinyEncoder("all-MiniLM");
  const model = await load(t, "all-MiniLM");
  const calls = [1, 3, 7].map((step) => Array.from({ length: 90 }, (_, i) => oracle.embeddings[(i * step) % 21]!));
  const results = await Promise.all(
    calls.map((texts) => model.embed({ inputs: texts.map(({ text }) => text) }, NEVER)),
  );
  for (const [call, texts] of calls.entries()) {
    const cosines = texts.map(({ vector }, index) => cosine(results[call]!.vectors[index]!, vector));
    assert.ok(Math.min(...cosines) >= 0.99999);
  }
});

test("empty texts and no texts are answered", async (t) => {
  const model = await load(t, "all-MiniLM");
  const { vectors, promptTokens } = await model.embed({ inputs: ["", "   "] }, NEVER);
  assert.deepEqual(vectors[0], vectors[1]);
  assert.equal(promptTokens, 4);
  assert.deepEqual(await model.embed({ inputs: [] }, NEVER), { vectors: [], promptTokens: 0, truncatedInputs: 0 });
});

test("weights in 16 bits, in shards and under the names of a model with a head are read as well", async (t) => {
  for (const dtype of ["F16", "BF16"] as const) {
    const { snapshot, oracle } = tinyEncoder("all-MiniLM");
    const sharded = await copy(t, snapshot);
    await splitIntoHalfShards(sharded.directory, dtype);
    const model = await loadSnapshot(t, folderSnapshot(sharded.directory));
    const { vectors } = await model.embed({ inputs: oracle.embeddings.map(({ text }) => text) }, NEVER);
    const cosines = oracle.embeddings.map(({ vector }, index) => cosine(vectors[index]!, vector));
    const least = Math.min(...cosines);
    assert.ok(least >= (dtype === "F16" ? 0.99999 : 0.9995), `${dtype}: ${least}`);
  }
});

test("an architecture or a setting that is not supported is named", async (t) => {
  const { snapshot } = tinyEncoder("all-MiniLM");
  const refused: readonly [object, RegExp][] = [
    [{ architectures: ["ReformerModel"] }, /architecture ReformerModel.*supported: BertModel/],
    [{ architectures: null }, /architecture unnamed/],
    [{ hidden_act: "swish" }, /hidden_act "swish"/],
    [{ position_embedding_type: "relative_key" }, /position_embedding_type "relative_key"/],
  ];
  for (const [change, message] of refused) {
    const changed = await copy(t, snapshot);
    const config = JSON.parse(await readFile(join(changed.directory, "config.json"), "utf8")) as object;
    await writeFile(join(changed.directory, "config.json"), JSON.stringify({ ...config, ...change }));
    await assert.rejects(loadSnapshot(t, changed), isEngineError("unsupported", message));
  }
  const foreign = {
    ...snapshot,
    files: snapshot.files.map((file) => file.replace("model.safetensors", "tf_model.h5")),
  };
  await assert.rejects(loadSnapshot(t, foreign), isEngineError("unsupported", /only tf_model\.h5/));
});

test("the signal ends a call between two batches, and the next call is answered", async () => {
  const controller = new AbortController();
  const { encoder, encoded } = fakeEncoder((batch) => {
    if (batch === 1) controller.abort(new Error("the client is gone"));
  });
  const model = createEmbeddingModel(encoder, "a/b");
  const inputs = Array.from({ length: 200 }, (_, index) => [index]);
  await assert.rejects(model.embed({ inputs }, controller.signal), /the client is gone/);
  assert.equal((await model.embed({ inputs: [[7]] }, NEVER)).vectors[0]![0], 7);
  assert.deepEqual(encoded, [32, 32, 1]);
  await assert.rejects(model.embed({ inputs }, AbortSignal.abort(new Error("gone before"))), /gone before/);
});

test("calls take turns batch by batch, so that a short call does not wait for a long one", async () => {
  const { encoder, encoded } = fakeEncoder();
  const model = createEmbeddingModel(encoder, "a/b");
  const long = model.embed({ inputs: Array.from({ length: 320 }, (_, index) => [index]) }, NEVER);
  await model.embed({ inputs: [[1]] }, NEVER);
  assert.ok(encoded.length <= 3, `${encoded.length} batches before the short call was answered`);
  assert.equal((await long).vectors.length, 320);
});

test("disposing waits for running calls, refuses new ones, and may be asked for twice", async () => {
  const { encoder, disposals } = fakeEncoder();
  const model = createEmbeddingModel(encoder, "a/b");
  const running = model.embed({ inputs: Array.from({ length: 100 }, (_, index) => [index]) }, NEVER);
  const disposed = Promise.all([model.dispose(), model.dispose()]);
  await assert.rejects(model.embed({ inputs: [[1]] }, NEVER), isEngineError("busy", /a\/b is being unloaded/));
  assert.equal((await running).vectors.length, 100);
  await disposed;
  assert.deepEqual(disposals, [4]);
});

test("too many calls at once are refused", async () => {
  const model = createEmbeddingModel(fakeEncoder().encoder, "a/b");
  const calls = Array.from({ length: 1100 }, () => model.embed({ inputs: [[1]] }, NEVER));
  const results = await Promise.allSettled(calls);
  const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason as EngineError] : []));
  assert.equal(refused.length, 76);
  assert.ok(refused.every((error) => error.code === "busy"));
});

function load(t: TestContext, name: TinyEncoder): Promise<EmbeddingModel> {
  return loadSnapshot(t, tinyEncoder(name).snapshot);
}

async function loadSnapshot(t: TestContext, snapshot: Snapshot): Promise<EmbeddingModel> {
  const model = await loadEmbeddingModel(snapshot, options(cacheDirectory), NEVER);
  t.after(() => model.dispose());
  return model;
}

function options(cacheDirectory: string): EmbedderOptions {
  const runtime = createLlamaRuntime({ threads: 1, gpu: "off" });
  return { threads: 1, cacheDirectory, runtime, contextTokens: 64, weights: undefined };
}

async function copy(t: TestContext, { directory }: Snapshot): Promise<Snapshot> {
  const target = await mkdtemp(join(tmpdir(), "omniport-model-"));
  t.after(() => rm(target, { recursive: true }));
  await cp(directory, target, { recursive: true });
  return folderSnapshot(target);
}

/** Its vectors are the token ids themselves; tells how many texts each batch had, and when it was disposed of. */
function fakeEncoder(onBatch?: (batch: number) => void): {
  readonly encoder: Encoder;
  readonly encoded: number[];
  readonly disposals: number[];
} {
  const encoded: number[] = [];
  const disposals: number[] = [];
  const encoder: Encoder = {
    dimensions: 1,
    tokenize: async ({ inputs }) =>
      inputs.map((ids) => ({ ids: Int32Array.from(ids, Number), truncated: false, unpooled: 0 })),
    async encode(texts) {
      const batch = encoded.push(texts.length);
      await nextTurn();
      onBatch?.(batch - 1);
      return texts.map(({ ids }) => Float32Array.from(ids));
    },
    dispose: async () => void disposals.push(encoded.length),
  };
  return { encoder, encoded, disposals };
}

function isEngineError(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof EngineError && error.code === code && message.test(error.message);
}
