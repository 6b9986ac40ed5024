import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import type { PreTokenizerConfig } from "./pre-tokenizers.ts";
import { readBytePairs } from "./byte-pairs.ts";
import { readSentencePiece, SENTENCE_PIECE_FILES } from "./sentence-piece.ts";
import { readTekken, TEKKEN } from "./tekken.ts";
import { isTiktoken, readTiktoken } from "./tiktoken.ts";
import { readWordPiece } from "./word-piece.ts";

/** `tokenizer.json`, as far as it is read here. Source: https://huggingface.co/docs/tokenizers */
export interface TokenizerJson {
  readonly added_tokens?: readonly AddedToken[];
  readonly normalizer?: object | null;
  readonly pre_tokenizer?: PreTokenizerConfig | null;
  readonly post_processor?: object | null;
  readonly decoder?: Decoder | null;
  readonly model: {
    readonly type?: string;
    /** Ids by token; of a Unigram model, tokens and their scores by id. */
    readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
    readonly merges?: readonly (string | readonly string[])[];
    readonly unk_token?: string | null;
    readonly [field: string]: unknown;
  };
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Not part of a text. */
  readonly special: boolean;
  readonly [field: string]: unknown;
}

interface Decoder {
  readonly type?: string;
  readonly decoders?: readonly Decoder[];
  readonly start?: number;
  readonly prepend_scheme?: string;
  readonly add_prefix_space?: boolean;
}

/** Of what a repository has, the first is taken; `tokenizer.model` may be a table of tiktoken as well. */
const READERS: readonly ((snapshot: Snapshot) => Promise<TokenizerJson | undefined>)[] = [
  (snapshot) => readJson<TokenizerJson>(snapshot, "tokenizer.json"),
  readTekken,
  readTiktoken,
  readSentencePiece,
  readBytePairs,
  readWordPiece,
];

const TOKENIZER_FILES = new Set(["tokenizer.json", ...SENTENCE_PIECE_FILES, TEKKEN, "merges.txt", "vocab.txt"]);

/** Whether a repository has a tokenizer of its own that can be read. */
export function hasTokenizer({ files }: Snapshot): boolean {
  return files.some((file) => TOKENIZER_FILES.has(file) || isTiktoken(file));
}

/**
 * The repository's `tokenizer.json`, or one made of what older repositories have instead.
 * @throws EngineError `unsupported` where there is none of them.
 */
export async function readTokenizerJson(snapshot: Snapshot): Promise<TokenizerJson> {
  for (const read of READERS) {
    const found = await read(snapshot);
    if (found !== undefined) return found;
  }
  const others = [...SENTENCE_PIECE_FILES, TEKKEN, "*.tiktoken", "vocab.json + merges.txt", "vocab.txt"].join(", ");
  throw new EngineError("unsupported", say.noTokenizer(snapshot.id, others));
}
