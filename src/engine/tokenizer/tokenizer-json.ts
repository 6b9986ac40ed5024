import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { readBytePairs } from "./byte-pairs.ts";
import { readSentencePiece, SENTENCE_PIECE_FILES } from "./sentence-piece.ts";
import { readWordPiece } from "./word-piece.ts";

/** `tokenizer.json`, as far as it is read here. Source: https://huggingface.co/docs/tokenizers */
export interface TokenizerJson {
  readonly added_tokens?: readonly AddedToken[];
  readonly normalizer?: object | null;
  readonly pre_tokenizer?: object | null;
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

/** Whether a repository has a tokenizer of its own that can be read. */
export function hasTokenizer({ files }: Snapshot): boolean {
  return ["tokenizer.json", ...SENTENCE_PIECE_FILES, "merges.txt", "vocab.txt"].some((file) => files.includes(file));
}

/**
 * The repository's `tokenizer.json`, or one made of what older repositories have instead.
 * @throws EngineError `unsupported` where there is none of them.
 */
export async function readTokenizerJson(snapshot: Snapshot): Promise<TokenizerJson> {
  const json = await readJson<TokenizerJson>(snapshot, "tokenizer.json");
  const found =
    json ?? (await readSentencePiece(snapshot)) ?? (await readBytePairs(snapshot)) ?? (await readWordPiece(snapshot));
  if (found !== undefined) return found;
  const message = `${snapshot.id} has no tokenizer.json, and no ${SENTENCE_PIECE_FILES.join(", ")}, vocab.json with merges.txt, or vocab.txt that could stand for it.`;
  throw new EngineError("unsupported", message);
}
