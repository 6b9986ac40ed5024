import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import { readGgufFileInfo } from "node-llama-cpp";
import { tinyModel } from "../chat/fixtures/tiny.ts";
import { readVocabulary } from "../chat/vocabulary.ts";
import { createDetokenizer, TOKEN_TYPE, type Vocabulary } from "./detokenizer.ts";

for (const name of ["llama-3", "mistral-v0.2"] as const) {
  test(`${name}: tokens one by one give the text that the reference decoder gives at once`, async () => {
    const { snapshot, oracle } = tinyModel(name);
    const { metadata } = await readGgufFileInfo(join(snapshot.directory, "model.gguf"));
    const vocabulary = readVocabulary(metadata.tokenizer, [], snapshot.id);
    const isPlain = (id: number): boolean => vocabulary.types[id] !== TOKEN_TYPE.control;

    const probes = oracle.tokenize.filter(({ ids_no_special: ids }) => ids.every(isPlain));
    assert.ok(probes.length >= 23);
    for (const { ids_no_special: ids, decoded } of probes) {
      assert.deepEqual(pieces(vocabulary, ids).join(""), decoded);
    }
    for (const { greedy_ids: ids, greedy_text: text } of oracle.chat) {
      assert.equal(pieces(vocabulary, ids).join(""), text);
    }
  });
}

const bytes: Vocabulary = {
  kind: "llama",
  pieces: ["<s>", "▁Hi", "▁there", "<0xF0>", "<0x9F>", "<0x99>", "<0x82>", "<0xE5>", "▁", "<tool>"],
  types: [TOKEN_TYPE.control, 1, 1, 6, 6, 6, 6, 6, 1, TOKEN_TYPE.userDefined],
  addSpacePrefix: true,
};

test("a character whose bytes come as several tokens is given out when it is whole", () => {
  assert.deepEqual(pieces(bytes, [1, 3, 4, 5, 6, 2]), ["Hi", "", "", "", "🙂", " there", ""]);
});

test("a character that is never completed becomes a replacement character at the end", () => {
  assert.deepEqual(pieces(bytes, [1, 7]), ["Hi", "", "�"]);
  assert.deepEqual(pieces(bytes, [7, 1]), ["", "� Hi", ""]);
});

test("the space before the first word is left out, unless the text goes on from an earlier one", () => {
  assert.deepEqual(pieces(bytes, [0, 1, 2]), ["", "Hi", " there", ""]);
  assert.deepEqual(pieces(bytes, [0, 1, 2], true), ["", " Hi", " there", ""]);
  assert.deepEqual(pieces(bytes, [8, 1]), ["", " Hi", ""]);
  assert.deepEqual(pieces({ ...bytes, addSpacePrefix: false }, [1]), [" Hi", ""]);
});

test("control tokens and unknown ids give nothing, tokens that users defined their text", () => {
  assert.deepEqual(pieces(bytes, [0, 9, 99]), ["", "<tool>", "", ""]);
});

test("a byte order mark is kept like any other character", () => {
  const vocabulary: Vocabulary = { kind: "gpt2", pieces: ["ï»¿", "Ġok"], types: [1, 1], addSpacePrefix: false };
  assert.deepEqual(pieces(vocabulary, [0, 1]), ["\u{FEFF}", " ok", ""]);
});

function pieces(vocabulary: Vocabulary, tokens: readonly number[], continues = false): readonly string[] {
  const detokenizer = createDetokenizer(vocabulary, continues);
  return [...tokens.map((token) => detokenizer.push(token)), detokenizer.end()];
}
