import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { chatModel } from "../convert/fixtures/models.ts";
import { tinyEncoder } from "../embed/fixtures/tiny.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { BYTE_OF_CHARACTER } from "./byte-alphabet.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";
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

test("the special tokens around a text, and single tokens, are known", async () => {
  const tokenizer = await loadTokenizer(tinyEncoder("multilingual-e5").snapshot);
  assert.deepEqual(tokenizer.specialTokens, { before: [0], after: [2] });
  assert.equal(tokenizer.tokenId("</s>"), 2);
  assert.equal(tokenizer.tokenId("no such token"), undefined);
});

test("a lone surrogate and control characters are encoded, not refused", async () => {
  for (const name of ["all-MiniLM", "multilingual-e5"] as const) {
    const tokenizer = await loadTokenizer(tinyEncoder(name).snapshot);
    assert.ok(tokenizer.encode("a\ud800b\u0000\u0007\udc00", { addSpecialTokens: true }).every(Number.isInteger));
  }
});

test("characters become what the model's own map makes of them, also those that are joined to others", async () => {
  const tokenizer = await loadTokenizer(tinyEncoder("multilingual-e5").snapshot);
  const reference: readonly [text: string, ids: readonly number[]][] = [
    ["👩\u200d👩\u200d👧 ok", [0, 4, 3, 4, 18, 448, 2]],
    ["a\u200db c\u200cd", [0, 7, 3, 256, 4, 71, 255, 2]],
    ["line\r\nend\u2028x", [0, 50, 23, 454, 4, 193, 21, 4, 105, 2]],
    ["e\u0301 ﬁ ＡＢ ①", [0, 4, 182, 74, 11, 4, 3, 67, 79, 2]],
    ["\u200bzero\ufeff", [0, 4, 283, 29, 18, 2]],
    ["~ ～ x", [0, 4, 3, 4, 3, 4, 105, 2]],
  ];
  for (const [text, ids] of reference) assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: true }), ids, text);
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

test("of a sentencepiece model, only a legacy one puts a space before what follows a special token", async (t) => {
  const { snapshot } = chatModel("Mistral-Instruct-v0.2");
  const model = await readFile(join(snapshot.directory, "tokenizer.model"));
  const idsWith = async (config: object): Promise<readonly number[]> => {
    const contents = { "tokenizer.model": model, "tokenizer_config.json": JSON.stringify(config) };
    const tokenizer = await loadTokenizer(await repository(t, contents));
    return tokenizer.encode("Hello</s>Hi", { addSpecialTokens: false });
  };
  const [legacy, ...others] = await Promise.all([{ legacy: true }, { legacy: false }, {}].map(idsWith));
  assert.deepEqual(legacy, [547, 2, 325, 1141]);
  for (const ids of others) assert.deepEqual(ids, [547, 2, 1176, 1141]);
});

/** A folder with only these files of a repository. */
async function repository(t: TestContext, contents: Readonly<Record<string, string | Buffer>>): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-tokenizer-"));
  t.after(() => rm(directory, { recursive: true }));
  for (const [file, content] of Object.entries(contents)) await writeFile(join(directory, file), content);
  return { id: "tiny/older", directory, files: Object.keys(contents), revision: "1" };
}

test("a model with only its vocab.json and merges.txt gets the ids of the reference", async (t) => {
  const { snapshot, oracle } = chatModel("Qwen2-Instruct");
  const json = JSON.parse(await readFile(join(snapshot.directory, "tokenizer.json"), "utf8")) as TokenizerJson;
  const merges = (json.model.merges ?? []).map((pair) => (typeof pair === "string" ? pair : pair.join(" ")));
  const contents = {
    "vocab.json": JSON.stringify(json.model.vocab),
    "merges.txt": `#version: 0.2\n${merges.join("\n")}\n`,
    "added_tokens.json": JSON.stringify(
      Object.fromEntries(json.added_tokens?.map((token) => [token.content, token.id]) ?? []),
    ),
    "config.json": JSON.stringify({ model_type: "qwen2" }),
  };
  const tokenizer = await loadTokenizer(await repository(t, contents));
  for (const { text, ids_no_special: ids } of oracle.tokenize) {
    assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: false }), ids, text);
  }
});

for (const [file, content] of [
  ["tokenizer.model", tiktokenTable],
  ["made.tiktoken", tiktokenTable],
  ["tekken.json", tekkenModel],
] as const) {
  test(`a model with only a ${file} of ranked tokens gets the ids of the reference`, async (t) => {
    const { snapshot, oracle } = chatModel("Llama-3-Instruct");
    const json = JSON.parse(await readFile(join(snapshot.directory, "tokenizer.json"), "utf8")) as TokenizerJson;
    const config = await readFile(join(snapshot.directory, "tokenizer_config.json"), "utf8");
    const tokenizer = await loadTokenizer(
      await repository(t, { [file]: content(json), "tokenizer_config.json": config }),
    );
    // In a tekken.json, special tokens come first.
    const shift = file === "tekken.json" ? SPECIAL : 0;
    for (const { text, ids_no_special: ids } of oracle.tokenize) {
      const expected = ids.map((id) => (shift > 0 && id >= 900 ? id - 900 : id + shift));
      assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: false }), expected, text);
    }
  });
}

test("a table of ranked tokens that is damaged is refused with the line", async (t) => {
  const table = await repository(t, { "made.tiktoken": "IQ== 0\nIg==\n" });
  await assert.rejects(loadTokenizer(table), { code: "corrupt", message: /'Ig==' is no token/ });
  const tekken = await repository(t, { "tekken.json": "{}" });
  await assert.rejects(loadTokenizer(tekken), { code: "corrupt", message: /no vocabulary/ });
});

/** How many ids a `tekken.json` keeps for special tokens. */
const SPECIAL = 10;

function tiktokenTable({ model }: TokenizerJson): string {
  return rankedTokens(model)
    .map((bytes, rank) => `${bytes} ${rank}\n`)
    .join("");
}

function tekkenModel({ model, added_tokens: added = [], pre_tokenizer: splits }: TokenizerJson): string {
  const vocab = rankedTokens(model).map((bytes, rank) => ({ rank, token_bytes: bytes, token_str: null }));
  const {
    pretokenizers: [split],
  } = splits as { readonly pretokenizers: readonly { readonly pattern: { readonly Regex: string } }[] };
  const sizes = { default_vocab_size: vocab.length + SPECIAL, default_num_special_tokens: SPECIAL };
  return JSON.stringify({
    config: { pattern: split?.pattern.Regex, ...sizes },
    vocab,
    special_tokens: added.map(({ content }, rank) => ({ rank, token_str: content })),
  });
}

/** In base64, by id. */
function rankedTokens({ vocab }: TokenizerJson["model"]): readonly string[] {
  return Object.entries(vocab as Readonly<Record<string, number>>)
    .toSorted(([, a], [, b]) => a - b)
    .map(([token]) =>
      Buffer.from(Array.from(token, (character) => BYTE_OF_CHARACTER.get(character) ?? 0)).toString("base64"),
    );
}

test("RoBERTa's vocab.json and merges.txt: its special tokens stand around a text", async (t) => {
  const vocab = { "<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, H: 4, i: 5, Ġ: 6, Hi: 7, ĠHi: 8, "<mask>": 9 };
  const tokenizer = await loadTokenizer(
    await repository(t, {
      "vocab.json": JSON.stringify(vocab),
      "merges.txt": "#version: 0.2\nH i\nĠ Hi\n",
      "tokenizer_config.json": JSON.stringify({ tokenizer_class: "RobertaTokenizer", mask_token: "<mask>" }),
    }),
  );
  assert.deepEqual(tokenizer.encode("Hi Hi<mask>", { addSpecialTokens: true }), [0, 7, 8, 9, 2]);
  assert.deepEqual(tokenizer.encodePair("Hi", "Hi").ids, [0, 7, 2, 2, 7, 2]);
});

test("XLM-RoBERTa's sentencepiece model gets the ids of the reference, which are not those of its pieces", async (t) => {
  const { snapshot, oracle } = tinyEncoder("multilingual-e5");
  const { model, normalizer } = JSON.parse(
    await readFile(join(snapshot.directory, "tokenizer.json"), "utf8"),
  ) as UnigramJson;
  const own = model.vocab.slice(4, -1).map(([text, score]) => piece(text, score));
  const control = [piece("<unk>", 0, 2), piece("<s>", 0, 3), piece("</s>", 0, 3)];
  const [{ precompiled_charsmap: charsMap = "" } = {}] = normalizer.normalizers;
  const messages = [
    ...[...control, ...own].map((bytes) => field(1, bytes)),
    field(2, Buffer.from([3 << 3, 1])),
    field(3, field(2, Buffer.from(charsMap, "base64"))),
  ];
  const tokenizer = await loadTokenizer(await repository(t, { "sentencepiece.bpe.model": Buffer.concat(messages) }));
  for (const { text, ids } of oracle.tokenize) {
    assert.deepEqual(tokenizer.encode(text, { addSpecialTokens: true }), ids, text);
  }
});

test("a Unigram model writes byte by byte what none of its pieces fits, if it has pieces for bytes", async (t) => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const model = Buffer.concat([
    ...[piece("<unk>", 0, 2), piece("<s>", 0, 3), piece("</s>", 0, 3)].map((each) => field(1, each)),
    ...bytes.map((text) => field(1, piece(text, 0, 6))),
    ...["▁", "h", "i", "▁hi"].map((text, index) => field(1, piece(text, index === 3 ? -1 : -3))),
    field(2, Buffer.from([3 << 3, 1, 0x98, 0x02, 1])),
    field(3, Buffer.from([4 << 3, 0])),
  ]);
  const tokenizer = await loadTokenizer(await repository(t, { "tokenizer.model": model }));
  assert.deepEqual(tokenizer.encode("hi\nhé", { addSpecialTokens: true }), [1, 262, 3 + 0x0a, 260, 3 + 0xc3, 3 + 0xa9]);
});

test("what stands around a text goes by the family: T5 ends it, ALBERT and DeBERTa put it between two", async (t) => {
  const pieces = (...texts: readonly string[]): Buffer =>
    Buffer.concat([
      ...texts.map((text) => field(1, piece(text, -1, /^[<[]/.test(text) ? 3 : 1))),
      field(1, piece("<unk>", 0, 2)),
      field(2, Buffer.from([3 << 3, 1])),
    ]);
  const t5 = await loadTokenizer(
    await repository(t, { "spiece.model": pieces("<pad>", "</s>", "▁a"), "config.json": '{"model_type":"t5"}' }),
  );
  assert.deepEqual(t5.encode("a", { addSpecialTokens: true }), [2, 1]);
  const albert = await loadTokenizer(
    await repository(t, { "spiece.model": pieces("[CLS]", "[SEP]", "▁a"), "config.json": '{"model_type":"albert"}' }),
  );
  assert.deepEqual(albert.encode("A", { addSpecialTokens: true }), [0, 2, 1]);
  const deberta = await loadTokenizer(await repository(t, { "spm.model": pieces("[CLS]", "[SEP]", "▁a", "▁A") }));
  assert.deepEqual(deberta.encodePair("a", "A"), { ids: [0, 2, 1, 3, 1], types: [0, 0, 0, 1, 1] });
});

test("a tokenizer that transformers 5 has saved under its general name tells no types, unless it says so", async (t) => {
  const types = async (config?: object): Promise<readonly number[]> => {
    const vocabulary = { "vocab.txt": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a"].join("\n") };
    const contents = { ...vocabulary, ...(config && { "tokenizer_config.json": JSON.stringify(config) }) };
    return (await loadTokenizer(await repository(t, contents))).encodePair("a", "a").types;
  };
  const [two, one] = [
    [0, 0, 0, 1, 1],
    [0, 0, 0, 0, 0],
  ];
  assert.deepEqual(await types({ tokenizer_class: "BertTokenizer" }), two);
  assert.deepEqual(await types({ tokenizer_class: "TokenizersBackend" }), one);
  assert.deepEqual(await types({ tokenizer_class: "TokenizersBackend", model_input_names: ["token_type_ids"] }), two);
  assert.deepEqual(await types({ tokenizer_class: "BertTokenizer", model_input_names: ["input_ids"] }), one);
  assert.deepEqual(await types(), two);
});

test("CamemBERT's pieces come after five tokens of which it uses two", async (t) => {
  const texts = ["<unk>", "<s>", "</s>", "▁a"].map((text, index) =>
    field(1, piece(text, -1, index === 0 ? 2 : index < 3 ? 3 : 1)),
  );
  const model = Buffer.concat([...texts, field(2, Buffer.from([3 << 3, 1]))]);
  const contents = { "sentencepiece.bpe.model": model, "config.json": '{"model_type":"camembert"}' };
  const tokenizer = await loadTokenizer(await repository(t, contents));
  assert.deepEqual(tokenizer.encode("a", { addSpecialTokens: true }), [5, 7, 6]);
});

test("tokens that a repository adds to a vocab.txt are found in a text, and MPNet's stand around it", async (t) => {
  const bert = await repository(t, {
    "vocab.txt": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "[NEW]"].join("\n"),
    "tokenizer_config.json": JSON.stringify({ added_tokens_decoder: { 6: { content: "[NEW]", special: true } } }),
  });
  assert.deepEqual((await loadTokenizer(bert)).encode("a[NEW]a", { addSpecialTokens: true }), [2, 5, 6, 5, 3]);
  const mpnet = await repository(t, {
    "vocab.txt": ["<s>", "<pad>", "</s>", "<unk>", "a", "<mask>", "[UNK]"].join("\n"),
  });
  const tokenizer = await loadTokenizer(mpnet);
  assert.deepEqual(tokenizer.encode("a b", { addSpecialTokens: true }), [0, 4, 6, 2]);
  assert.deepEqual(tokenizer.encodePair("a", "a").ids, [0, 4, 2, 2, 4, 2]);
});

interface UnigramJson {
  readonly model: { readonly vocab: readonly (readonly [text: string, score: number])[] };
  readonly normalizer: { readonly normalizers: readonly { readonly precompiled_charsmap?: string }[] };
}

/** One of sentencepiece's messages: a text with its score and type. */
function piece(text: string, score: number, type = 1): Buffer {
  const float = Buffer.alloc(4);
  float.writeFloatLE(score);
  return Buffer.concat([field(1, Buffer.from(text)), Buffer.from([(2 << 3) | 5]), float, Buffer.from([3 << 3, type])]);
}

/** A field of bytes. Source: https://protobuf.dev/programming-guides/encoding/ */
function field(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
  }
}

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
