import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { addedToken, tokenText, type TokenizerConfig } from "./added-tokens.ts";
import type { AddedToken, TokenizerJson } from "./tokenizer-json.ts";

interface BertTokenizerConfig extends TokenizerConfig {
  readonly do_lower_case?: boolean;
  readonly strip_accents?: boolean | null;
  readonly tokenize_chinese_chars?: boolean;
}

const VOCABULARY = "vocab.txt";
const MAX_WORD_CHARACTERS = 100;

/**
 * What `tokenizer.json` would say of a BERT model that has only its `vocab.txt`, one token a line; undefined where there
 * is none.
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
  const unknown = tokenText(config.unk_token) ?? "[UNK]";
  const start = tokenText(config.cls_token) ?? "[CLS]";
  const end = tokenText(config.sep_token) ?? "[SEP]";
  const others = [tokenText(config.pad_token) ?? "[PAD]", tokenText(config.mask_token) ?? "[MASK]"];
  return {
    added_tokens: [unknown, start, end, ...others].flatMap((token) => special(token, vocab[token])),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: ends(start, vocab[start] ?? 0, end, vocab[end] ?? 0),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true } as TokenizerJson["decoder"] & object,
    model: {
      type: "WordPiece",
      vocab,
      unk_token: unknown,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: MAX_WORD_CHARACTERS,
    },
  };
}

function special(token: string, id: number | undefined): readonly AddedToken[] {
  return id === undefined ? [] : [addedToken(id, token)];
}

/** `[CLS] text [SEP]`; the tokens of a second text are of another type. */
function ends(start: string, startId: number, end: string, endId: number): object {
  const token = (id: string): object => ({ SpecialToken: { id, type_id: 0 } });
  const single = [token(start), { Sequence: { id: "A", type_id: 0 } }, token(end)];
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, { Sequence: { id: "B", type_id: 1 } }, { SpecialToken: { id: end, type_id: 1 } }],
    special_tokens: {
      [start]: { id: start, ids: [startId], tokens: [start] },
      [end]: { id: end, ids: [endId], tokens: [end] },
    },
  };
}
