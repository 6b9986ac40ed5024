import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { fields } from "./protobuf.ts";
import type { AddedToken, TokenizerJson } from "./tokenizer-json.ts";

/** `tokenizer.model`, as far as it is read here. */
interface SentencePieceModel {
  /** By token id. */
  readonly pieces: readonly Piece[];
  readonly kind: number;
  /** Whether a space is put before a text. */
  readonly addsSpace: boolean;
}

interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

interface LlamaTokenizerConfig {
  readonly add_bos_token?: boolean;
  readonly bos_token?: string | { readonly content: string } | null;
  readonly added_tokens_decoder?: Readonly<Record<string, { readonly content: string; readonly special?: boolean }>>;
}

const MODEL = "tokenizer.model";
const SPACE = "▁";
const BYTE_PAIRS = 2;
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;

/**
 * What `tokenizer.json` would say of a Llama-like model that has only its sentencepiece `tokenizer.model`; undefined where
 * there is none.
 *
 * @throws EngineError `unsupported` for one that is not of byte pairs.
 * Source: `LlamaConverter` in `convert_slow_tokenizer.py` of transformers.
 */
export async function readSentencePiece(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  if (!snapshot.files.includes(MODEL)) return undefined;
  const { pieces, kind, addsSpace } = parse(await readFile(join(snapshot.directory, MODEL)), snapshot.id);
  if (kind !== BYTE_PAIRS) {
    const message = `${snapshot.id} has no tokenizer.json, and its ${MODEL} is not of byte pairs, the only kind that can be read.`;
    throw new EngineError("unsupported", message);
  }
  const config = (await readJson<LlamaTokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const vocab = Object.fromEntries(pieces.map(({ text }, id) => [text, id]));
  const unknown = pieces.find(({ type }) => type === UNKNOWN)?.text ?? null;
  const bos = typeof config.bos_token === "string" ? config.bos_token : (config.bos_token?.content ?? "<s>");
  const first = { type: "Prepend", prepend: SPACE };
  const spaces = { type: "Replace", pattern: { String: " " }, content: SPACE };
  return {
    added_tokens: addedTokens(pieces, config),
    normalizer: { type: "Sequence", normalizers: addsSpace ? [first, spaces] : [spaces] },
    pre_tokenizer: null,
    post_processor: config.add_bos_token === false ? null : afterBos(bos, vocab[bos] ?? 0),
    decoder: decoder(addsSpace),
    model: {
      type: "BPE",
      vocab,
      merges: merges(pieces, vocab),
      unk_token: unknown,
      fuse_unk: true,
      byte_fallback: true,
    },
  };
}

/** Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto */
function parse(bytes: Buffer, model: string): SentencePieceModel {
  try {
    const all = [...fields(bytes)];
    const last = (message: number, field: number): number | Buffer | undefined =>
      all
        .filter(({ number }) => number === message)
        .flatMap(({ value }) => [...fields(value as Buffer)])
        .findLast(({ number }) => number === field)?.value;
    return {
      pieces: all.filter(({ number }) => number === 1).map(({ value }) => piece(value as Buffer)),
      kind: Number(last(2, 3) ?? 1),
      addsSpace: Number(last(3, 3) ?? 1) !== 0,
    };
  } catch (cause) {
    const message = `${MODEL} of ${model} is damaged; remove it and download it again.`;
    throw new EngineError("corrupt", message, { cause });
  }
}

function piece(bytes: Buffer): Piece {
  const values = new Map([...fields(bytes)].map(({ number, value }) => [number, value]));
  const score = values.get(2);
  return {
    text: String(values.get(1) ?? ""),
    score: Buffer.isBuffer(score) ? score.readFloatLE() : 0,
    type: Number(values.get(3) ?? 1),
  };
}

/**
 * Sentencepiece keeps no merges: each piece can come of any two others that it is made of. Pieces with a higher score are
 * merged first, and of those with the same one the longer left part.
 */
function merges(pieces: readonly Piece[], vocab: Readonly<Record<string, number>>): readonly [string, string][] {
  const all = pieces.flatMap(({ text, score }) => {
    const ways = Array.from({ length: Math.max(text.length - 1, 0) }, (_, index) => ({
      left: text.slice(0, index + 1),
      right: text.slice(index + 1),
      score,
    }));
    return ways
      .filter(({ left, right }) => Object.hasOwn(vocab, left) && Object.hasOwn(vocab, right))
      .toSorted((a, b) => (vocab[a.left] ?? 0) - (vocab[b.left] ?? 0) || (vocab[a.right] ?? 0) - (vocab[b.right] ?? 0));
  });
  return all
    .toSorted((a, b) => b.score - a.score || b.left.length - a.left.length || b.right.length - a.right.length)
    .map(({ left, right }) => [left, right]);
}

function addedTokens(
  pieces: readonly Piece[],
  { added_tokens_decoder: added = {} }: LlamaTokenizerConfig,
): AddedToken[] {
  const own = pieces.flatMap(({ text, type }, id): [number, AddedToken][] =>
    [UNKNOWN, CONTROL, USER_DEFINED].includes(type)
      ? [[id, { ...PLAIN, id, content: text, special: type !== USER_DEFINED }]]
      : [],
  );
  const more = Object.entries(added).map(([key, token]): [number, AddedToken] => {
    const id = Number(key);
    return [id, { ...PLAIN, special: false, ...token, id }];
  });
  return [...new Map([...own, ...more]).values()].toSorted((a, b) => a.id - b.id);
}

const PLAIN = { single_word: false, lstrip: false, rstrip: false, normalized: false } as const;

function afterBos(bos: string, id: number): object {
  const token = { SpecialToken: { id: bos, type_id: 0 } };
  return {
    type: "TemplateProcessing",
    single: [token, { Sequence: { id: "A", type_id: 0 } }],
    pair: [token, { Sequence: { id: "A", type_id: 0 } }, token, { Sequence: { id: "B", type_id: 1 } }],
    special_tokens: { [bos]: { id: bos, ids: [id], tokens: [bos] } },
  };
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
