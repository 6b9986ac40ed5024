import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { fields } from "./protobuf.ts";

/** A model file of sentencepiece, as far as it is read here. */
export interface SentencePieceModel {
  /** By id. */
  readonly pieces: readonly Piece[];
  readonly kind: "bpe" | "unigram";
  /** Whether what no piece fits is written byte by byte. */
  readonly hasBytes: boolean;
  /** Whether a space is put before a text. */
  readonly addsSpace: boolean;
  /** Whether spaces at the ends go, and of several in the midst all but one. */
  readonly trimsSpaces: boolean;
  /** What characters become first, compiled, in base64; empty where they stay as they are. */
  readonly charsMap: string;
}

export interface Piece {
  readonly text: string;
  readonly score: number;
  /** One of `PIECE_TYPE`. */
  readonly type: number;
}

export const PIECE_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Fields of the messages. */
const MODEL = { piece: 1, trainer: 2, normalizer: 3 } as const;
const TRAINER = { kind: 3, byteFallback: 35 } as const;
const NORMALIZER = { charsMap: 2, addDummyPrefix: 3, removeExtraWhitespaces: 4 } as const;
const PIECE = { text: 1, score: 2, type: 3 } as const;
const KINDS = { 1: "unigram", 2: "bpe" } as const;

/**
 * @param file what to call it in errors.
 * @throws EngineError `corrupt` where it is damaged, `unsupported` for a model of words or of characters.
 * Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function readSentencePieceModel(bytes: Buffer, file: string): SentencePieceModel {
  const { pieces, trainer, normalizer } = parse(bytes, file);
  const kind = Number(trainer.get(TRAINER.kind) ?? 1);
  if ((kind !== 1 && kind !== 2) || pieces.length === 0) {
    throw new EngineError("unsupported", say.sentencePieceKind(file));
  }
  const charsMap = normalizer.get(NORMALIZER.charsMap);
  return {
    pieces,
    kind: KINDS[kind],
    hasBytes: trainer.get(TRAINER.byteFallback) === 1,
    addsSpace: normalizer.get(NORMALIZER.addDummyPrefix) !== 0,
    trimsSpaces: normalizer.get(NORMALIZER.removeExtraWhitespaces) !== 0,
    charsMap: Buffer.isBuffer(charsMap) ? charsMap.toString("base64") : "",
  };
}

type Values = ReadonlyMap<number, number | Buffer>;

function parse(bytes: Buffer, file: string): { pieces: readonly Piece[]; trainer: Values; normalizer: Values } {
  try {
    const all = [...fields(bytes)];
    const messages = (number: number): readonly Values[] =>
      all.filter((field) => field.number === number).map(({ value }) => values(value as Buffer));
    return {
      pieces: messages(MODEL.piece).map(piece),
      trainer: messages(MODEL.trainer).at(-1) ?? new Map(),
      normalizer: messages(MODEL.normalizer).at(-1) ?? new Map(),
    };
  } catch (cause) {
    throw new EngineError("corrupt", say.fileBroken(file), { cause });
  }
}

function values(message: Buffer): Values {
  return new Map([...fields(message)].map(({ number, value }) => [number, value]));
}

function piece(values: Values): Piece {
  const score = values.get(PIECE.score);
  return {
    text: String(values.get(PIECE.text) ?? ""),
    score: Buffer.isBuffer(score) ? score.readFloatLE() : 0,
    type: Number(values.get(PIECE.type) ?? PIECE_TYPE.normal),
  };
}
