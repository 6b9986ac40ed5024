import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chatModel } from "../convert/fixtures/models.ts";
import { tinyEncoder } from "../embed/fixtures/tiny.ts";
import { EngineError } from "../errors.ts";
import { loadTokenizer } from "./tokenizer.ts";

for (const name of ["all-MiniLM", "bge-zh", "multilingual-e5"] as const) {
  test(`${name}: ids are those of the reference, with and without special tokens`, async () => {
    const { snapshot, oracle } = tinyEncoder(name);
    const tokenizer = await loadTokenizer(snapshot);
    for (const { text, ids, ids_no_special: bare } of oracle.tokenize) {
      assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: true }), ids, text);
      assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: false }), bare, text);
    }
  });
}

test("the special tokens around a text, single tokens and the vocabulary's size are known", async () => {
  const tokenizer = await loadTokenizer(tinyEncoder("multilingual-e5").snapshot);
  assert.deepEqual(tokenizer.specialTokens, { before: [0], after: [2] });
  assert.equal(tokenizer.tokenId("</s>"), 2);
  assert.equal(tokenizer.tokenId("no such token"), undefined);
  assert.equal(tokenizer.vocabularySize, 457);
});

test("a lone surrogate and control characters are encoded, not refused", async () => {
  for (const name of ["all-MiniLM", "multilingual-e5"] as const) {
    const tokenizer = await loadTokenizer(tinyEncoder(name).snapshot);
    assert.ok(tokenizer.encode("a\ud800b\u0000\u0007\udc00", { addSpecialTokens: true }).every(Number.isInteger));
  }
});

test("a model with only its vocab.txt gets the ids of the reference", async () => {
  for (const name of ["all-MiniLM", "bge-zh"] as const) {
    const { snapshot, oracle } = tinyEncoder(name);
    const files = [...snapshot.files.filter((file) => file !== "tokenizer.json"), "vocab.txt"];
    const tokenizer = await loadTokenizer({ ...snapshot, files });
    for (const { text, ids } of oracle.tokenize) {
      assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: true }), ids, text);
    }
  }
});

test("a model with only its sentencepiece model gets the ids of the reference", async () => {
  const { snapshot, oracle } = chatModel("Mistral-Instruct-v0.2");
  const files = [...snapshot.files.filter((file) => file !== "tokenizer.json"), "tokenizer.model"];
  const tokenizer = await loadTokenizer({ ...snapshot, files });
  assert.deepEqual(tokenizer.specialTokens, { before: [1], after: [] });
  for (const { text, ids_no_special: ids } of oracle.tokenize) {
    assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: false }), ids, text);
  }
});

test("a sentencepiece model that is damaged, or of another kind, is refused", async (t) => {
  const { snapshot } = chatModel("Mistral-Instruct-v0.2");
  const directory = await mkdtemp(join(tmpdir(), "omniport-tokenizer-"));
  t.after(() => rm(directory, { recursive: true }));
  const only = { ...snapshot, directory, files: ["tokenizer.model"] };
  const whole = await readFile(join(snapshot.directory, "tokenizer.model"));
  await writeFile(join(directory, "tokenizer.model"), whole.subarray(0, 1000));
  await assert.rejects(loadTokenizer(only), { name: "EngineError", code: "corrupt" });
  await writeFile(join(directory, "tokenizer.model"), "");
  await assert.rejects(loadTokenizer(only), { name: "EngineError", code: "unsupported" });
});

test("a model without a tokenizer that can be read is refused with a message that says so", async () => {
  const { snapshot } = tinyEncoder("all-MiniLM");
  await assert.rejects(loadTokenizer({ ...snapshot, files: ["config.json"] }), (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "unsupported");
    assert.match(error.message, /^tiny-random\/all-MiniLM has no tokenizer\.json, and no/);
    return true;
  });
});
