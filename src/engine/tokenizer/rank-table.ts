import { visibleBytes } from "./byte-alphabet.ts";
import { sentencePieceMerges } from "./sentence-piece-merges.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

/** A token as tables of tiktoken have it: its bytes, and when they are joined. Those of a lower rank come first. */
export interface RankedToken {
  readonly bytes: Buffer;
  readonly rank: number;
}

/** How GPT-4's tokenizer splits a text, and those that are built like it. Source: `cl100k_base` of tiktoken. */
export const GPT4_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** How Qwen's splits it: digits one by one. Source: `tokenization_qwen2.py` of transformers. */
export const QWEN_SPLIT: string = GPT4_SPLIT.replace("\\p{N}{1,3}", "\\p{N}");

/**
 * What `tokenizer.json` would say of a table of ranks. Any two tokens whose bytes together are a third are joined to it.
 * @param firstId the id of the token of rank 0.
 * @param split the expression that cuts a text into words.
 * Source: `TikTokenConverter` in `convert_slow_tokenizer.py` of transformers.
 */
export function rankedBytePairs(tokens: readonly RankedToken[], firstId: number, split: string): TokenizerJson {
  const pieces = tokens.map(({ bytes, rank }) => ({ text: visibleBytes(bytes), score: -rank, type: 1 }));
  const vocab = Object.fromEntries(pieces.map(({ text, score }) => [text, firstId - score]));
  return {
    normalizer: null,
    pre_tokenizer: splitIntoBytes(split),
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab,
      merges: sentencePieceMerges(pieces, vocab),
      unk_token: null,
      byte_fallback: false,
      ignore_merges: true,
    },
  };
}

/** Cuts a text into words by the expression, and writes their bytes as characters. */
export function splitIntoBytes(expression: string): object {
  const split = { type: "Split", pattern: { Regex: expression }, behavior: "Isolated", invert: false };
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  return { type: "Sequence", pretokenizers: [split, bytes] };
}
