import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { tinyEncoder } from "./fixtures/tiny.ts";
import { readRecipe } from "./recipe.ts";

const TRANSFORMER = { type: "sentence_transformers.models.Transformer", path: "" };
const POOLING = { type: "sentence_transformers.models.Pooling", path: "1_Pooling" };
const NORMALIZE = { type: "sentence_transformers.base.modules.normalize.Normalize", path: "2_Normalize" };

test("a repository's modules and limits are read", async () => {
  const steps = [{ kind: "Normalize", path: "2_Normalize" }];
  const plain = { prompts: new Map(), defaultPrompt: "", lowerCase: false, poolsPrompt: true, steps };
  const miniLM = await readRecipe(tinyEncoder("all-MiniLM").snapshot);
  assert.deepEqual(miniLM, { ...plain, maxTokens: 64, pooling: ["mean"] });
  assert.deepEqual(await readRecipe(tinyEncoder("bge-zh").snapshot), { ...plain, maxTokens: 128, pooling: ["cls"] });
});

test("without modules.json the mean is taken, and nothing normalised", async (t) => {
  const snapshot = await folder(t, { "tokenizer_config.json": { model_max_length: 512 } });
  const { maxTokens, pooling, steps } = await readRecipe(snapshot);
  assert.deepEqual([maxTokens, pooling, steps], [512, ["mean"], []]);
});

test("several pooling modes are read from the older fields and from the newer one", async (t) => {
  const modules = { "modules.json": [TRANSFORMER, POOLING, NORMALIZE] };
  const older = { pooling_mode_mean_tokens: true, pooling_mode_cls_token: true, pooling_mode_max_tokens: false };
  for (const config of [older, { pooling_mode: ["cls", "mean"] }]) {
    const recipe = await readRecipe(await folder(t, { ...modules, "1_Pooling/config.json": config }));
    assert.deepEqual(recipe.pooling, ["cls", "mean"]);
    assert.deepEqual(recipe.steps, [{ kind: "Normalize", path: "2_Normalize" }]);
  }
});

test("a model's prompts are read, with the one that is the default", async (t) => {
  const prompts = { query: "query: ", passage: "passage: " };
  const optional = await folder(t, { "config_sentence_transformers.json": { prompts, default_prompt_name: null } });
  assert.equal((await readRecipe(optional)).defaultPrompt, "");
  const usual = await folder(t, { "config_sentence_transformers.json": { prompts, default_prompt_name: "query" } });
  const recipe = await readRecipe(usual);
  assert.equal(recipe.defaultPrompt, "query: ");
  assert.deepEqual([...recipe.prompts.keys()], ["query", "passage"]);
});

test("the limit is read from whichever file the library's version wrote it to", async (t) => {
  for (const family of ["bert", "roberta", "distilbert"]) {
    const snapshot = await folder(t, { [`sentence_${family}_config.json`]: { max_seq_length: 77 } });
    assert.equal((await readRecipe(snapshot)).maxTokens, 77);
  }
});

test("what would change the vectors and is not supported is named", async (t) => {
  const dense = { type: "sentence_transformers.models.Dense", path: "2_Dense" };
  const lstm = { type: "sentence_transformers.models.LSTM", path: "1_LSTM" };
  const refused: readonly [Readonly<Record<string, unknown>>, RegExp][] = [
    [
      { "modules.json": [TRANSFORMER, POOLING, lstm] },
      /has the module sentence_transformers\.models\.LSTM \(in 1_LSTM/,
    ],
    [{ "modules.json": [TRANSFORMER, dense, POOLING] }, /models\.Dense .*in place 2.*Pooling, then any of Dense/],
    [{ "modules.json": [{ ...TRANSFORMER, path: "0_BERT" }, POOLING] }, /0_BERT/],
    [{ "modules.json": [TRANSFORMER, POOLING], "1_Pooling/config.json": { pooling_mode: "median" } }, /'median'/],
  ];
  for (const [files, message] of refused) {
    await assert.rejects(readRecipe(await folder(t, files)), (error: unknown) => {
      return error instanceof EngineError && error.code === "unsupported" && message.test(error.message);
    });
  }
});

async function folder(t: TestContext, files: Readonly<Record<string, unknown>>): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-recipe-"));
  t.after(() => rm(directory, { recursive: true }));
  for (const [name, value] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), JSON.stringify(value));
  }
  return { id: "a/b", directory, files: Object.keys(files), revision: "0" };
}
