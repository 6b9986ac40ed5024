import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import {
  around,
  modelType,
  readAddedTokens,
  tokenText,
  type SpecialTokens,
  type TokenizerConfig,
} from "./added-tokens.ts";
import { QWEN_SPLIT, splitIntoBytes } from "./rank-table.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

const VOCABULARY = "vocab.json";
const MERGES = "merges.txt";
const ROBERTA: SpecialTokens = {
  cls_token: "<s>",
  sep_token: "</s>",
  unk_token: "<unk>",
  pad_token: "<pad>",
  mask_token: "<mask>",
};

/**
 * What `tokenizer.json` would say of a model that has only the `vocab.json` and `merges.txt` of GPT-2, RoBERTa or Qwen;
 * undefined where there are none.
 * Source: `GPT2Converter`, `RobertaConverter` and `Qwen2Converter` in `convert_slow_tokenizer.py` of transformers.
 */
export async function readBytePairs(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  const vocab = await readJson<Readonly<Record<string, number>>>(snapshot, VOCABULARY);
  if (vocab === undefined || !snapshot.files.includes(MERGES)) return undefined;
  const config = (await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const kind = config.tokenizer_class ?? (await modelType(snapshot));
  const isQwen = /qwen/i.test(kind);
  const isRoberta = /roberta/i.test(kind);
  return {
    added_tokens: await readAddedTokens(snapshot, vocab, isRoberta ? ROBERTA : {}),
    normalizer: isQwen ? { type: "NFC" } : null,
    pre_tokenizer: isQwen ? splitIntoBytes(QWEN_SPLIT) : byteLevel(config.add_prefix_space ?? false),
    post_processor: isRoberta ? robertaEnds(vocab, config) : null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: await merges(snapshot), unk_token: null, byte_fallback: false },
  };
}

/** One pair a line, the most frequent first. */
async function merges(snapshot: Snapshot): Promise<readonly string[]> {
  const text = await readFile(join(snapshot.directory, MERGES), "utf8");
  return text.split(/\r?\n/).filter((line, index) => line !== "" && !(index === 0 && line.startsWith("#version")));
}

function byteLevel(addsSpace: boolean): object {
  return { type: "ByteLevel", add_prefix_space: addsSpace, trim_offsets: true, use_regex: true };
}

function robertaEnds(vocab: Readonly<Record<string, number>>, config: TokenizerConfig): object {
  const start = tokenText(config.cls_token ?? ROBERTA.cls_token) ?? "";
  const end = tokenText(config.sep_token ?? ROBERTA.sep_token) ?? "";
  return around(vocab, [start], [end], [end]);
}
