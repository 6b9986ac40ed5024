import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { readAddedTokens } from "./added-tokens.ts";
import { qwenTokens } from "./qwen.ts";
import { GPT4_SPLIT, QWEN_SPLIT, rankedBytePairs, type RankedToken } from "./rank-table.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

/** Llama 3 and GLM-4 call a table of tiktoken as others do a model of sentencepiece. */
const AMBIGUOUS = "tokenizer.model";

/** Whether a file is a table of tiktoken by its name; of `tokenizer.model`, only its content says. */
export function isTiktoken(file: string): boolean {
  return /^[\w.-]+\.tiktoken$/.test(file) || file === "tiktoken.model";
}

/**
 * What `tokenizer.json` would say of a model that has only a table of tiktoken: a line for each token, its bytes in
 * base64 and its rank. Undefined where there is none.
 *
 * @throws EngineError `corrupt` for a line that is none.
 * Source: `load_tiktoken_bpe` of https://github.com/openai/tiktoken
 */
export async function readTiktoken(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  const file = snapshot.files.find(isTiktoken) ?? (snapshot.files.includes(AMBIGUOUS) ? AMBIGUOUS : undefined);
  if (file === undefined) return undefined;
  const bytes = await readFile(join(snapshot.directory, file));
  if (file === AMBIGUOUS && !isTable(bytes)) return undefined;
  const tokens = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => rankedToken(line, `${file} of ${snapshot.id}`));
  const json = rankedBytePairs(tokens, 0, file.startsWith("qwen") ? QWEN_SPLIT : GPT4_SPLIT);
  const vocab = json.model.vocab as Readonly<Record<string, number>>;
  const added = [...qwenTokens(file, tokens.length), ...(await readAddedTokens(snapshot, vocab))];
  return { ...json, added_tokens: [...new Map(added.map((token) => [token.id, token])).values()] };
}

/** Whether it begins with a line of such a table. */
function isTable(bytes: Buffer): boolean {
  return LINE.test(bytes.toString("latin1", 0, 1000).split("\n", 1)[0] ?? "");
}

const LINE = /^([A-Za-z0-9+/]+={0,2}) (\d+)$/;

function rankedToken(line: string, what: string): RankedToken {
  const [, bytes, rank] = LINE.exec(line.trimEnd()) ?? [];
  if (bytes !== undefined) return { bytes: Buffer.from(bytes, "base64"), rank: Number(rank) };
  const shown = line.slice(0, 60);
  const why = {
    en: `'${shown}' is no token in base64 with its rank`,
    "zh-TW": `「${shown}」不是 base64 的 token 與其序號`,
  };
  throw new EngineError("corrupt", say.fileBrokenBecause(what, why));
}
