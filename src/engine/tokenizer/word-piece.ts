import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { around, readAddedTokens, tokenText, type SpecialTokens, type TokenizerConfig } from "./added-tokens.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

interface BertTokenizerConfig extends TokenizerConfig {
  readonly do_lower_case?: boolean;
  readonly strip_accents?: boolean | null;
  readonly tokenize_chinese_chars?: boolean;
}

const VOCABULARY = "vocab.txt";
const MAX_WORD_CHARACTERS = 100;
const BERT: SpecialTokens = {
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  mask_token: "[MASK]",
};
/** Has BERT's words and RoBERTa's special tokens. */
const MPNET: SpecialTokens = {
  unk_token: "[UNK]",
  cls_token: "<s>",
  sep_token: "</s>",
  pad_token: "<pad>",
  mask_token: "<mask>",
};

/**
 * What `tokenizer.json` would say of a BERT or MPNet model that has only its `vocab.txt`, one token a line; undefined
 * where there is none.
 * Source: `BertConverter` in `convert_slow_tokenizer.py` of transformers.
 */
export async function readWordPiece(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  if (!snapshot.files.includes(VOCABULARY)) return undefined;
  const text = await readFile(join(snapshot.directory, VOCABULARY), "utf8");
  const vocab = Object.fromEntries(
    text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .map((token, id) => [token, id]),
  );
  const config = (await readJson<BertTokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const usual = Object.hasOwn(vocab, "[CLS]") ? BERT : MPNET;
  const tokenOf = (role: "unk_token" | "cls_token" | "sep_token"): string =>
    tokenText(config[role] ?? usual[role]) ?? "";
  const [start, end] = [tokenOf("cls_token"), tokenOf("sep_token")];
  return {
    added_tokens: await readAddedTokens(snapshot, vocab, usual),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: usual === BERT ? around(vocab, [start], [end], [], 1) : around(vocab, [start], [end], [end]),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true } as TokenizerJson["decoder"] & object,
    model: {
      type: "WordPiece",
      vocab,
      unk_token: tokenOf("unk_token"),
      continuing_subword_prefix: "##",
      max_input_chars_per_word: MAX_WORD_CHARACTERS,
    },
  };
}
