import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { around, readAddedTokens, tokenText, type TokenizerConfig } from "./added-tokens.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

const VOCABULARY = "vocab.json";
const MERGES = "merges.txt";

/** How Qwen's tokenizer splits a text before it looks for merges. Source: `tokenization_qwen2.py` of transformers. */
const QWEN_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

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
  return {
    added_tokens: await readAddedTokens(snapshot, vocab),
    normalizer: isQwen ? { type: "NFC" } : null,
    pre_tokenizer: isQwen ? qwenSplit() : byteLevel(config.add_prefix_space ?? false, true),
    post_processor: /roberta/i.test(kind) ? robertaEnds(vocab, config) : null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: await merges(snapshot), unk_token: null, byte_fallback: false },
  };
}

async function modelType(snapshot: Snapshot): Promise<string> {
  return (await readJson<{ model_type?: string }>(snapshot, "config.json"))?.model_type ?? "";
}

/** One pair a line, the most frequent first. */
async function merges(snapshot: Snapshot): Promise<readonly string[]> {
  const text = await readFile(join(snapshot.directory, MERGES), "utf8");
  return text.split(/\r?\n/).filter((line, index) => line !== "" && !(index === 0 && line.startsWith("#version")));
}

function byteLevel(addsSpace: boolean, splits: boolean): object {
  return { type: "ByteLevel", add_prefix_space: addsSpace, trim_offsets: true, use_regex: splits };
}

function qwenSplit(): object {
  const split = { type: "Split", pattern: { Regex: QWEN_SPLIT }, behavior: "Isolated", invert: false };
  return { type: "Sequence", pretokenizers: [split, byteLevel(false, false)] };
}

function robertaEnds(vocab: Readonly<Record<string, number>>, config: TokenizerConfig): object {
  const start = tokenText(config.cls_token) ?? "<s>";
  const end = tokenText(config.sep_token) ?? "</s>";
  return around(vocab, [start], [end], [end]);
}
