import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LlamaModel } from "node-llama-cpp";
import type { Snapshot } from "../model.ts";
import { createEncode, neverEmpty } from "./encode.ts";
import { cpu, tinyModel } from "./fixtures/tiny.ts";
import { createChatTemplate } from "./template.ts";
import { readVocabulary } from "./vocabulary.ts";

async function vocabularyOnly(snapshot: Snapshot): Promise<LlamaModel> {
  const llama = await cpu();
  return llama.loadModel({ modelPath: join(snapshot.directory, "model.gguf"), vocabOnly: true });
}

for (const name of ["llama-3", "mistral-v0.2"] as const) {
  test(`${name}: prompts and their token ids are those of the reference`, async (t) => {
    const { snapshot, oracle } = tinyModel(name);
    const model = await vocabularyOnly(snapshot);
    t.after(() => model.dispose());
    const { tokenizer } = model.fileInfo.metadata;
    const vocabulary = readVocabulary(tokenizer, [], snapshot.id);
    const source = { template: tokenizer.chat_template, bos: vocabulary.bosText, eos: vocabulary.eosText };
    const template = createChatTemplate(source, snapshot.id);
    const encode = await createEncode(snapshot, model, vocabulary);

    for (const { messages, prompt, prompt_ids: ids } of oracle.chat) {
      const { text } = template.render(messages, {});
      assert.equal(text, prompt);
      assert.deepEqual(encode(text), ids);
    }
  });
}

test("the token that opens a text is put before a prompt that lacks it, and never twice", async (t) => {
  const { snapshot } = tinyModel("llama-3");
  const model = await vocabularyOnly(snapshot);
  t.after(() => model.dispose());
  const vocabulary = readVocabulary(model.fileInfo.metadata.tokenizer, [], snapshot.id);
  const plain = await createEncode(snapshot, model, { ...vocabulary, addBos: false });
  const opened = await createEncode(snapshot, model, { ...vocabulary, addBos: true });

  assert.deepEqual(opened("Hi"), [vocabulary.bos, ...plain("Hi")]);
  assert.deepEqual(opened(`${vocabulary.bosText}Hi`), opened("Hi"));
});

test("a prompt without a token is the one that opens a text, and refused where there is none", () => {
  const encode = neverEmpty(() => [], { bos: 7 }, "a/b");
  assert.deepEqual(encode(""), [7]);
  const unopened = neverEmpty(() => [], { bos: undefined }, "a/b");
  assert.throws(() => unopened(""), { code: "bad_request", field: "messages" });
});

test("a repository's own tokenizer.json comes before the vocabulary in the GGUF file", async (t) => {
  const { snapshot } = tinyModel("llama-3");
  const model = await vocabularyOnly(snapshot);
  const directory = await mkdtemp(join(tmpdir(), "encode-"));
  t.after(() => Promise.all([model.dispose(), rm(directory, { recursive: true })]));
  const json = {
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Whitespace" },
    post_processor: null,
    decoder: null,
    model: { type: "WordPiece", vocab: { "[UNK]": 0, hello: 1 }, unk_token: "[UNK]", continuing_subword_prefix: "##" },
  };
  await writeFile(join(directory, "tokenizer.json"), JSON.stringify(json));
  const own = { ...snapshot, directory, files: ["tokenizer.json"] };
  const vocabulary = readVocabulary(model.fileInfo.metadata.tokenizer, [], snapshot.id);

  const encode = await createEncode(own, model, vocabulary);
  assert.deepEqual(encode("hello there"), [1, 0]);
});
