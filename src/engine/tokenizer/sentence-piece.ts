import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { addedToken, around, readAddedTokens, tokenText, type TokenizerConfig } from "./added-tokens.ts";
import { sentencePieceMerges } from "./sentence-piece-merges.ts";
import { type Piece, PIECE_TYPE, readSentencePieceModel, type SentencePieceModel } from "./sentence-piece-model.ts";
import type { AddedToken, TokenizerJson } from "./tokenizer-json.ts";

/** XLM-RoBERTa's file: its tokens have other ids than its pieces. */
const FAIRSEQ = "sentencepiece.bpe.model";
export const SENTENCE_PIECE_FILES: readonly string[] = ["tokenizer.model", FAIRSEQ, "spiece.model"];

const SPACE = "▁";

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
  if (file === FAIRSEQ) return fairseq(model);
  const vocab = ids(model.pieces);
  const config = (await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const bos = tokenText(config.bos_token) ?? "<s>";
  const added = byId([...ownTokens(model.pieces), ...(await readAddedTokens(snapshot, vocab))]);
  const after = config.add_bos_token === false ? null : around(vocab, [bos], []);
  return {
    ...(model.kind === "bpe" ? bytePairs(model, vocab, config.legacy === true) : unigram(model)),
    added_tokens: added,
    post_processor: after,
  };
}

function bytePairs(
  model: SentencePieceModel,
  vocab: Readonly<Record<string, number>>,
  isLegacy: boolean,
): TokenizerJson {
  const spaces = { type: "Replace", pattern: { String: " " }, content: SPACE };
  const first = model.addsSpace && isLegacy ? [{ type: "Prepend", prepend: SPACE }] : [];
  const metaspace = { type: "Metaspace", replacement: SPACE, prepend_scheme: "first", split: false };
  const unknown = model.pieces.find(({ type }) => type === PIECE_TYPE.unknown)?.text ?? null;
  return {
    normalizer: { type: "Sequence", normalizers: [...cleaning(model, " "), ...first, spaces] },
    pre_tokenizer: model.addsSpace && !isLegacy ? metaspace : null,
    decoder: decoder(model.addsSpace),
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

function unigram(model: SentencePieceModel): TokenizerJson {
  const { pieces, hasBytes, addsSpace } = model;
  const unknown = pieces.findIndex(({ type }) => type === PIECE_TYPE.unknown);
  const metaspace = {
    type: "Metaspace",
    replacement: SPACE,
    prepend_scheme: addsSpace ? "always" : "never",
    split: true,
  };
  const steps = cleaning(model, SPACE);
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

/** The first three pieces are other tokens than in sentencepiece, one comes before the rest, and one after it. */
function fairseq(model: SentencePieceModel): TokenizerJson {
  const control = ["<s>", "<pad>", "</s>", "<unk>"];
  const pieces = [
    ...control.map((text) => ({ text, score: 0, type: text === "<unk>" ? PIECE_TYPE.unknown : PIECE_TYPE.control })),
    ...model.pieces.slice(3),
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
