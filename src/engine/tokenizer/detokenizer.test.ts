import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import * as fc from "fast-check";
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

const texts = fc.string({ unit: "binary", maxLength: 30 });
const cuts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 });

test("however bytes are cut into tokens, the text comes whole, and never half a character", () => {
  fc.assert(
    fc.property(texts, cuts, fc.boolean(), (text, cuts, isByteLevel) => {
      const vocabulary = isByteLevel ? byteLevel(text, cuts) : byteFallback(text, cuts);
      const parts = pieces(vocabulary, [...vocabulary.pieces.keys()]);
      assert.equal(parts.join(""), text.toWellFormed());
      for (const part of parts) assert.ok(part.isWellFormed() && (text.includes("\ufffd") || !part.includes("\ufffd")));
    }),
  );
});

/** The text's bytes as tokens of so many each, as GPT-2 writes them. */
function byteLevel(text: string, cuts: readonly number[]): Vocabulary {
  const visible = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !visible(byte));
  const character = (byte: number): string => String.fromCodePoint(visible(byte) ? byte : 0x100 + hidden.indexOf(byte));
  const all = Array.from(Buffer.from(text.toWellFormed()), character);
  const tokens: string[] = [];
  for (let at = 0, turn = 0; at < all.length; turn++) {
    const length = cuts[turn % cuts.length] ?? 1;
    tokens.push(all.slice(at, at + length).join(""));
    at += length;
  }
  return { kind: "gpt2", pieces: tokens, types: tokens.map(() => TOKEN_TYPE.normal), addSpacePrefix: false };
}

/** Each character as a token of its own, or, now and then, each of its bytes. */
function byteFallback(text: string, cuts: readonly number[]): Vocabulary {
  const tokens = Array.from(text.toWellFormed()).flatMap((character, index) =>
    (cuts[index % cuts.length] ?? 1) > 2 || character === "▁"
      ? Array.from(Buffer.from(character), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`)
      : [character],
  );
  const types = tokens.map((token) => (token.length > 2 ? TOKEN_TYPE.byte : TOKEN_TYPE.normal));
  return { kind: "llama", pieces: tokens, types, addSpacePrefix: false };
}

function pieces(vocabulary: Vocabulary, tokens: readonly number[], continues = false): readonly string[] {
  const detokenizer = createDetokenizer(vocabulary, continues);
  return [...tokens.map((token) => detokenizer.push(token)), detokenizer.end()];
}
