import { BYTE_OF_CHARACTER } from "./byte-alphabet.ts";

/** What a GGUF file says of its tokens. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer */
export interface Vocabulary {
  /** How pieces become bytes: `gpt2` is byte-level BPE, `llama` is sentencepiece with byte fallback. */
  readonly kind: "gpt2" | "llama";
  /** By token id, as the vocabulary writes them: `Ġthe`, `▁the`, `<0xE5>`. */
  readonly pieces: readonly string[];
  /** By token id, one of `TOKEN_TYPE`. */
  readonly types: readonly number[];
  /** Whether the tokenizer puts a space before a text, which a whole decoded text therefore loses again. */
  readonly addSpacePrefix: boolean;
}

/** `tokenizer.ggml.token_type` in a GGUF file. */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Turns tokens into text, one by one. */
export interface Detokenizer {
  /** The characters that became whole with this token; often none. */
  push(token: number): string;
  /** What is left at the end: a replacement character for a cut one, else nothing. */
  end(): string;
}

const SPACE = 0x20;
const NOTHING = new Uint8Array();

/** @param continues whether the text goes on from one that the model has already, so that its first space counts. */
export function createDetokenizer(vocabulary: Vocabulary, continues = false): Detokenizer {
  // A byte order mark is a character like others: without `ignoreBOM`, the decoder swallows the first one.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let atStart = vocabulary.addSpacePrefix && !continues;

  return {
    push(token) {
      let bytes = tokenBytes(vocabulary, token);
      if (atStart && bytes.length > 0) {
        if (bytes[0] === SPACE) bytes = bytes.subarray(1);
        atStart = false;
      }
      return decoder.decode(bytes, { stream: true });
    },
    end: () => decoder.decode(),
  };
}

/** A token's UTF-8 bytes, not always whole characters. Control tokens have none. */
export function tokenBytes(vocabulary: Vocabulary, token: number): Uint8Array {
  const piece = vocabulary.pieces[token];
  if (piece === undefined) return NOTHING;

  switch (vocabulary.types[token]) {
    case TOKEN_TYPE.normal:
      return vocabulary.kind === "gpt2" ? byteLevelBytes(piece) : Buffer.from(piece.replaceAll("▁", " "));
    case TOKEN_TYPE.userDefined:
      return Buffer.from(piece);
    case TOKEN_TYPE.byte:
      return Uint8Array.of(Number.parseInt(piece.slice(3, 5), 16)); // `<0xE5>`
    default:
      return NOTHING;
  }
}

function byteLevelBytes(piece: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of piece) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) bytes.push(...Buffer.from(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
