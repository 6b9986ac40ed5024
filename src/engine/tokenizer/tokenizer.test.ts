import assert from "node:assert/strict";
import { test } from "node:test";
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

test("a model without tokenizer.json is refused with a message that says so", async () => {
  const { snapshot } = tinyEncoder("all-MiniLM");
  await assert.rejects(loadTokenizer({ ...snapshot, files: ["config.json", "vocab.txt"] }), (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "unsupported");
    assert.match(error.message, /^tiny-random\/all-MiniLM has no tokenizer\.json/);
    return true;
  });
});
