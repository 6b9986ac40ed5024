import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { createLlamaRuntime } from "../chat/llama.ts";
import type { EmbeddingModel, Snapshot } from "../model.ts";
import { embedderFile, loadEmbeddingModel } from "./embedder.ts";
import { cosine, family, type FamilyOracle, reconfigured } from "./fixtures/tiny.ts";

const NEVER = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), "omniport-decoder-"));
after(() => rm(folder, { recursive: true }));
const runtime = createLlamaRuntime({ threads: 1, gpu: "off" });
let copies = 0;

for (const name of ["qwen3", "qwen2-bidirectional", "gemma3-bidirectional"] as const) {
  test(`${name}: a language model's vectors are those of sentence-transformers, prompts among them`, async (t) => {
    const { snapshot, oracle } = family(name);
    const model = await load(t, snapshot);
    assert.equal(model.dimensions, oracle[0]?.vector.length);
    await assertVectors(model, oracle);
  });
}

test("the end token that the tokenizer's settings ask for stands after every text", async (t) => {
  const { snapshot, oracle } = family("qwen3");
  const copy = reconfigured(snapshot, join(folder, `copy-${copies++}`), [], {});
  await edit(copy, "tokenizer.json", (tokenizer) => ({ ...tokenizer, post_processor: null }));
  await edit(copy, "tokenizer_config.json", (config) => ({ ...config, add_eos_token: true }));
  await assertVectors(await load(t, copy), oracle);
});

test("a text without a single token gets zeros, as the library gives it", async (t) => {
  const { snapshot } = family("qwen3");
  const copy = reconfigured(snapshot, join(folder, `copy-${copies++}`), [], {});
  await edit(copy, "tokenizer.json", (tokenizer) => ({ ...tokenizer, post_processor: null }));
  const model = await load(t, copy);
  const { vectors } = await model.embed({ inputs: ["", "a"] }, NEVER);
  assert.deepEqual(vectors[0], new Float32Array(model.dimensions));
  assert.ok(vectors[1]?.some((value) => value !== 0));
});

test("a pooling that llama.cpp does not have is named", async (t) => {
  const { snapshot } = family("qwen3");
  const copy = reconfigured(snapshot, join(folder, `copy-${copies++}`), [], {});
  await edit(copy, "1_Pooling/config.json", (config) => ({ ...config, pooling_mode: "max" }));
  await assert.rejects(load(t, copy), { code: "unsupported", message: /pools by max.*lasttoken, mean, cls/ });
});

/** All of them in one call for each prompt. */
async function assertVectors(model: EmbeddingModel, oracle: readonly FamilyOracle[]): Promise<void> {
  for (const [promptName, entries] of Map.groupBy(oracle, (entry) => entry.promptName)) {
    const inputs = entries.map(({ text }) => text);
    const { vectors } = await model.embed({ inputs, ...(promptName !== undefined && { promptName }) }, NEVER);
    for (const [index, { text, vector }] of entries.entries()) {
      const found = cosine(vectors[index] ?? [], vector);
      assert.ok(found >= 0.999, `${promptName} ${text}: ${found}`);
      const ratio = Math.hypot(...(vectors[index] ?? [])) / Math.hypot(...vector);
      assert.ok(Math.abs(ratio - 1) < 0.01, `${text}: ${ratio} times as long`);
    }
  }
}

async function edit(snapshot: Snapshot, file: string, change: (content: object) => object): Promise<void> {
  const path = join(snapshot.directory, file);
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, "utf8")) as object)));
}

async function load(t: TestContext, snapshot: Snapshot): Promise<EmbeddingModel> {
  const cacheDirectory = join(folder, `cache-${copies++}`);
  const options = { threads: 1, cacheDirectory, runtime, contextTokens: 64 };
  const memory = { bytes: 1e9, setting: "" };
  const conversion = { ...options, quantization: undefined, memory, onNotice: () => undefined };
  const weights = await embedderFile(snapshot, conversion, NEVER);
  const model = await loadEmbeddingModel(snapshot, { ...options, weights }, NEVER);
  t.after(() => model.dispose());
  return model;
}
