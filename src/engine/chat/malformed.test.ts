import assert from "node:assert/strict";
import { test } from "node:test";
import { CHARACTER_OF_BYTE } from "../tokenizer/byte-alphabet.ts";
import { TOKEN_TYPE, type Vocabulary } from "../tokenizer/detokenizer.ts";
import { createMalformed } from "./malformed.ts";

const bytes = Array.from({ length: 256 }, (_, byte) => byte);
const { normal, byte } = TOKEN_TYPE;

const VOCABULARIES: Readonly<Record<string, Vocabulary>> = {
  "byte-level BPE": {
    kind: "gpt2",
    pieces: bytes.map((one) => CHARACTER_OF_BYTE[one] ?? ""),
    types: bytes.map(() => normal),
    addSpacePrefix: false,
  },
  "sentencepiece with bytes": {
    kind: "llama",
    pieces: bytes.map((one) => `<0x${one.toString(16).padStart(2, "0").toUpperCase()}>`),
    types: bytes.map(() => byte),
    addSpacePrefix: false,
  },
};

for (const [name, vocabulary] of Object.entries(VOCABULARIES)) {
  test(`${name}: what is banned after a byte is what no UTF-8 text has there`, () => {
    const malformed = createMalformed(vocabulary);
    for (const first of [undefined, ...bytes]) {
      const banned = malformed(first);
      for (const second of bytes) {
        const begun = first !== undefined && first >= 0xc2 && first <= 0xf4;
        const continues = second >= 0x80 && second <= 0xbf;
        if (begun !== continues) continue; // the grammar sees to that
        const isBanned = banned.includes(second);
        assert.equal(isBanned, !isPossible(begun ? [first, second] : [second]), `${first} ${second}`);
      }
    }
  });
}

test("of tokens of several bytes the first and the last count", () => {
  const [lead = "", next = "", other = ""] = [0xe0, 0x81, 0xa4].map((one) => CHARACTER_OF_BYTE[one]);
  const pieces = [`a${lead}`, `${next}${other}`, `${other}${other}`];
  const types = pieces.map(() => normal);
  const malformed = createMalformed({ kind: "gpt2", pieces, types, addSpacePrefix: false });
  assert.deepEqual(malformed(0), [1]);
  assert.deepEqual(malformed(2), []);
  assert.equal(malformed(2), malformed(undefined));
});

/** Whether a text can begin so: whether a character that does is well-formed. */
function isPossible(begin: readonly number[]): boolean {
  const rest = [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xa0], [0xa0, 0x80], [0x90, 0x80, 0x80], [0x9f, 0x80]];
  return rest.some((more) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from([...begin, ...more]));
      return true;
    } catch {
      return false;
    }
  });
}
