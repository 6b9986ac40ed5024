import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { addedToken, around, modelType, readAddedTokens, tokenText, type TokenizerConfig } from "./added-tokens.ts";
import { sentencePieceMerges } from "./sentence-piece-merges.ts";
import { type Piece, PIECE_TYPE, readSentencePieceModel, type SentencePieceModel } from "./sentence-piece-model.ts";
import type { AddedToken, TokenizerJson } from "./tokenizer-json.ts";

/** The file of XLM-RoBERTa and CamemBERT: its tokens have other ids than its pieces. */
const FAIRSEQ = "sentencepiece.bpe.model";
export const SENTENCE_PIECE_FILES: readonly string[] = ["tokenizer.model", FAIRSEQ, "spiece.model", "spm.model"];

const SPACE = "▁";

interface SentencePieceConfig extends TokenizerConfig {
  readonly do_lower_case?: boolean;
  readonly keep_accents?: boolean;
}

/**
 * What `tokenizer.json` would say of a model that has only a model file of sentencepiece; undefined where there is none.
 *
 * @throws EngineError `unsupported` for one that is neither of byte pairs nor a unigram model.
 * Source: `SpmConverter`, `LlamaConverter` and `XLMRobertaConverter` in `convert_slow_tokenizer.py` of transformers.
 */
export async function readSentencePiece(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  const file = SENTENCE_PIECE_FILES.find((name) => snapshot.files.includes(name));
  if (file === undefined) return undefined;
  const model = readSentencePieceModel(await readFile(join(snapshot.directory, file)), `${file} of ${snapshot.id}`);
  const config = (await readJson<SentencePieceConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const kind = config.tokenizer_class ?? (await modelType(snapshot));
  if (file === FAIRSEQ) return fairseq(model, /camembert/i.test(kind));
  const vocab = ids(model.pieces);
  return {
    ...(model.kind === "bpe" ? bytePairs(model, vocab, config) : unigram(model, folding(kind, config))),
    added_tokens: byId([...ownTokens(model.pieces), ...(await readAddedTokens(snapshot, vocab))]),
    post_processor: ends(vocab, kind, config),
  };
}

/** What stands around a text: `[CLS]` and `[SEP]` of ALBERT and DeBERTa, `</s>` behind it of T5, else a BOS before it. */
function ends(vocab: Readonly<Record<string, number>>, kind: string, config: SentencePieceConfig): object | null {
  if (Object.hasOwn(vocab, "[CLS]")) return around(vocab, ["[CLS]"], ["[SEP]"], [], 1);
  if (/t5/i.test(kind)) return around(vocab, [], [tokenText(config.eos_token) ?? "</s>"]);
  if (config.add_bos_token === false) return null;
  return around(vocab, [tokenText(config.bos_token) ?? "<s>"], []);
}

/** What some families do to a text before all else. */
function folding(kind: string, config: SentencePieceConfig): readonly object[] {
  const isAlbert = /^albert/i.test(kind);
  const { do_lower_case: lowers = isAlbert, keep_accents: keepsAccents = !isAlbert } = config;
  const quotes = ["``", "''"].map((quote) => ({ type: "Replace", pattern: { String: quote }, content: '"' }));
  return [
    ...(isAlbert ? quotes : []),
    ...(keepsAccents ? [] : [{ type: "NFKD" }, { type: "StripAccents" }]),
    ...(lowers ? [{ type: "Lowercase" }] : []),
  ];
}

function bytePairs(
  model: SentencePieceModel,
  vocab: Readonly<Record<string, number>>,
  { legacy, add_prefix_space: wantsSpace = true }: SentencePieceConfig,
): TokenizerJson {
  const addsSpace = model.addsSpace && wantsSpace;
  const isLegacy = legacy === true;
  const spaces = { type: "Replace", pattern: { String: " " }, content: SPACE };
  const first = addsSpace && isLegacy ? [{ type: "Prepend", prepend: SPACE }] : [];
  const metaspace = { type: "Metaspace", replacement: SPACE, prepend_scheme: "first", split: false };
  const unknown = model.pieces.find(({ type }) => type === PIECE_TYPE.unknown)?.text ?? null;
  return {
    normalizer: { type: "Sequence", normalizers: [...cleaning(model, " "), ...first, spaces] },
    pre_tokenizer: addsSpace && !isLegacy ? metaspace : null,
    decoder: decoder(addsSpace),
    model: {
      type: "BPE",
      vocab,
      merges: sentencePieceMerges(model.pieces, vocab),
      unk_token: unknown,
      fuse_unk: true,
      byte_fallback: true,
    },
  };
}

/** @param first what is done to a text before all else. */
function unigram(model: SentencePieceModel, first: readonly object[] = []): TokenizerJson {
  const { pieces, hasBytes, addsSpace } = model;
  const unknown = pieces.findIndex(({ type }) => type === PIECE_TYPE.unknown);
  const metaspace = {
    type: "Metaspace",
    replacement: SPACE,
    prepend_scheme: addsSpace ? "always" : "never",
    split: true,
  };
  const steps = [...first, ...cleaning(model, SPACE)];
  return {
    normalizer: steps.length === 0 ? null : { type: "Sequence", normalizers: steps },
    pre_tokenizer: metaspace,
    decoder: hasBytes ? decoder(addsSpace) : metaspace,
    model: {
      type: "Unigram",
      vocab: pieces.map(({ text, score }) => [text, score]),
      unk_id: unknown,
      byte_fallback: hasBytes,
    },
  };
}

/**
 * The first tokens are others than the pieces, and one comes after them all. XLM-RoBERTa has its own in place of the
 * first three pieces; CamemBERT has some that it does not use, and its own among the pieces.
 */
function fairseq(model: SentencePieceModel, isCamembert: boolean): TokenizerJson {
  const first = isCamembert
    ? ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED"]
    : ["<s>", "<pad>", "</s>", "<unk>"];
  const pieces = [
    ...first.map((text) => ({ text, score: 0, type: FAIRSEQ_TYPES[text] ?? PIECE_TYPE.unused })),
    ...model.pieces.slice(isCamembert ? 1 : 3),
    { text: "<mask>", score: 0, type: PIECE_TYPE.control },
  ];
  const vocab = ids(pieces);
  const tokens = ownTokens(pieces).map((token) => (token.content === "<mask>" ? { ...token, lstrip: true } : token));
  return {
    ...unigram({ ...model, pieces }),
    added_tokens: tokens,
    post_processor: around(vocab, ["<s>"], ["</s>"], ["</s>"]),
  };
}

const FAIRSEQ_TYPES: Readonly<Record<string, number>> = {
  "<s>": PIECE_TYPE.control,
  "</s>": PIECE_TYPE.control,
  "<pad>": PIECE_TYPE.control,
  "<unk>": PIECE_TYPE.unknown,
};

/** What sentencepiece does to a text first. @param space what several spaces become. */
function cleaning({ charsMap, trimsSpaces }: SentencePieceModel, space: string): readonly object[] {
  const spaces = { type: "Replace", pattern: { Regex: " {2,}" }, content: space };
  return [
    ...(charsMap === "" ? [] : [{ type: "Precompiled", precompiled_charsmap: charsMap }]),
    ...(trimsSpaces ? [{ type: "Strip", strip_left: true, strip_right: true }, spaces] : []),
  ];
}

function ids(pieces: readonly Piece[]): Readonly<Record<string, number>> {
  return Object.fromEntries(pieces.map(({ text }, id) => [text, id]));
}

function ownTokens(pieces: readonly Piece[]): readonly AddedToken[] {
  return pieces.flatMap(({ text, type }, id) =>
    type === PIECE_TYPE.normal || type === PIECE_TYPE.byte || type === PIECE_TYPE.unused
      ? []
      : [addedToken(id, text, type !== PIECE_TYPE.userDefined)],
  );
}

/** Of two with one id the later. */
function byId(tokens: readonly AddedToken[]): readonly AddedToken[] {
  return [...new Map(tokens.map((token) => [token.id, token])).values()].toSorted((a, b) => a.id - b.id);
}

function decoder(addsSpace: boolean): NonNullable<TokenizerJson["decoder"]> {
  const steps = [
    { type: "Replace", pattern: { String: SPACE }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
  ];
  const strip = { type: "Strip", content: " ", start: 1, stop: 0 };
  return { type: "Sequence", decoders: addsSpace ? [...steps, strip] : steps };
}
