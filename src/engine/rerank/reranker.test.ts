import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { cpu } from "../chat/fixtures/tiny.ts";
import { folderSnapshot } from "../embed/fixtures/tiny.ts";
import type { EngineErrorCode } from "../errors.ts";
import type { RerankModel, RerankRequest, Snapshot } from "../model.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import { copyReranker, rerankOracle, TINY_RERANKERS, type TinyReranker } from "./fixtures/tiny.ts";
import { createReranker, loadReranker } from "./reranker.ts";

const NEVER = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), "omniport-rerank-"));
after(() => rm(folder, { recursive: true }));

for (const name of TINY_RERANKERS) {
  test(`${name}: documents of all lengths in one call get the scores of sentence-transformers`, async (t) => {
    const model = await load(t, await repository(name));
    const { pairs } = rerankOracle(name);
    for (const [query, documents] of Map.groupBy(pairs, (pair) => pair.query)) {
      const request = { query, documents: documents.map(({ document }) => document), truncate: true };
      const { scores, promptTokens } = await model.rerank(request, NEVER);
      for (const [index, { document, score }] of documents.entries()) assertNear(scores[index], score, document);
      assert.equal(
        promptTokens,
        documents.reduce((sum, { ids }) => sum + ids.length, 0),
      );
    }
  });
}

test("a score is the logit or a probability, whichever is asked for", async (t) => {
  const [pair] = rerankOracle("ms-marco").pairs;
  const request = { query: pair?.query ?? "", documents: [pair?.document ?? ""], truncate: true };
  const model = await load(t, await repository("ms-marco"));
  const logit = pair?.logit ?? Number.NaN;
  const raw = await model.rerank({ ...request, scores: "raw" }, NEVER);
  assertNear(raw.scores[0], logit);
  const probability = await model.rerank({ ...request, scores: "probability" }, NEVER);
  assertNear(probability.scores[0], 1 / (1 + Math.exp(-logit)));
});

for (const [file, config] of [
  ["config.json", { sbert_ce_default_activation_function: "torch.nn.modules.linear.Identity" }],
  ["config_sentence_transformers.json", { activation_fn: "torch.nn.modules.linear.Identity" }],
] as const) {
  test(`the activation that ${file} names is taken: ${Object.keys(config).join()}`, async (t) => {
    const snapshot = await repository("distilbert", file, config);
    const [pair] = rerankOracle("distilbert").pairs;
    const model = await load(t, snapshot);
    const request = { query: pair?.query ?? "", documents: [pair?.document ?? ""], truncate: true };
    assertNear((await model.rerank(request, NEVER)).scores[0], pair?.logit ?? Number.NaN);
  });
}

test("an activation that is somebody's own code is not run, and the default is taken", async (t) => {
  const snapshot = await repository("ms-marco", "config.json", {
    sentence_transformers: { activation_fn: "my.Module" },
  });
  const [pair] = rerankOracle("ms-marco").pairs;
  const model = await load(t, snapshot);
  const request = { query: pair?.query ?? "", documents: [pair?.document ?? ""], truncate: true };
  assertNear((await model.rerank(request, NEVER)).scores[0], 1 / (1 + Math.exp(-(pair?.logit ?? 0))));
});

test("what may not be cut and is too long is refused, and says which document it is", async (t) => {
  const model = await load(t, await repository("bge-reranker"));
  const request = { query: "night", documents: ["short", "long ".repeat(200)], truncate: false };
  await assert.rejects(model.rerank(request, NEVER), {
    code: "context_length_exceeded",
    field: "documents",
    message: /Document 1 .* 64 tokens/,
  });
  const { scores } = await model.rerank({ ...request, documents: ["short"] }, NEVER);
  assert.equal(scores.length, 1);
});

test("of each document no more tokens are read than asked for", async (t) => {
  const model = await load(t, await repository("ms-marco"));
  const whole = await model.rerank({ query: "a", documents: ["a b c d"], truncate: true }, NEVER);
  const cut = await model.rerank({ query: "a", documents: ["a b c d"], truncate: true, maxDocumentTokens: 2 }, NEVER);
  const short = await model.rerank({ query: "a", documents: ["a b"], truncate: true }, NEVER);
  assert.deepEqual(cut, short);
  assert.equal(whole.promptTokens, cut.promptTokens + 2);
});

for (const [what, file, change, message] of [
  [
    "an architecture without a head that is known",
    "config.json",
    { architectures: ["T5Model"] },
    /T5Model.*BertForSeq/,
  ],
  ["an encoder without a head", "config.json", { architectures: ["BertModel"] }, /BertModel, which cannot rank/],
  [
    "a classifier of several labels",
    "config.json",
    { id2label: { 0: "a", 1: "b", 2: "c" } },
    /into 3 classes.*one label/,
  ],
  ["another activation", "config_sentence_transformers.json", { activation_fn: "torch.nn.Tanh" }, /torch\.nn\.Tanh/],
] as const) {
  test(`${what} is refused by its name`, async (t) => {
    const snapshot = await repository("ms-marco", file, change);
    await assert.rejects(load(t, snapshot), { code: "unsupported" satisfies EngineErrorCode, message });
  });
}

test("a further module is refused by its name", async (t) => {
  const snapshot = await repository("ms-marco");
  await writeFile(
    join(snapshot.directory, "modules.json"),
    JSON.stringify([{ type: "x.Transformer" }, { type: "x.LogitScore" }]),
  );
  await assert.rejects(load(t, folderSnapshot(snapshot.directory)), { code: "unsupported", message: /x\.LogitScore/ });
});

test("calls take turns batch by batch, and a call that is left ends at once", async () => {
  const seen: number[] = [];
  const release = Promise.withResolvers<void>();
  const slow: CrossEncoder = {
    maxTokens: 512,
    activation: "identity",
    tokenize: async ({ documents }) =>
      documents.map((_, index) => ({ ids: new Int32Array(10 + (index % 3)), firstTokens: 4, truncated: false })),
    async score(pairs) {
      seen.push(pairs.length);
      await release.promise;
      return new Float32Array(pairs.length);
    },
    dispose: async () => undefined,
  };
  const model = createReranker(slow, "slow");
  const request = (count: number): RerankRequest => ({ query: "q", documents: Array(count).fill("d"), truncate: true });
  const leaving = new AbortController();
  const left = model.rerank(request(64), leaving.signal);
  const stays = model.rerank(request(3), NEVER);
  leaving.abort(new Error("left"));
  await assert.rejects(left, /left/);
  release.resolve();
  assert.deepEqual((await stays).scores, [0, 0, 0]);
  assert.ok(seen.every((count) => count <= 32));
  await model.dispose();
  await assert.rejects(model.rerank(request(1), NEVER), { code: "busy" });
});

/** A whole repository, with fields of one of its files changed. */
async function repository(name: TinyReranker, file?: string, change: object = {}): Promise<Snapshot> {
  const directory = await mkdtemp(join(folder, `${name}-`));
  copyReranker(name, directory);
  if (file !== undefined) {
    const path = join(directory, file);
    const text = await readFile(path, "utf8").catch(() => "{}");
    await writeFile(path, JSON.stringify({ ...(JSON.parse(text) as object), ...change }));
  }
  return folderSnapshot(directory);
}

async function load(t: TestContext, snapshot: Snapshot): Promise<RerankModel> {
  const options = { threads: 1, cacheDirectory: join(folder, "cache"), contextTokens: 512, runtime: cpu };
  const model = await loadReranker(snapshot, { ...options, weights: undefined }, NEVER);
  t.after(() => model.dispose());
  return model;
}

function assertNear(actual: number | undefined, expected: number, about = ""): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-4, `${actual} ≠ ${expected}: ${about}`);
}
