import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { bool, float32s, int32s, string, strings, uint32, type Metadata } from "../formats/gguf.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { TOKEN_TYPE } from "../tokenizer/detokenizer.ts";
import { baichuanTemplate } from "../tokenizer/baichuan.ts";
import { qwenTemplate } from "../tokenizer/qwen.ts";
import { tekkenTemplate } from "../tokenizer/tekken.ts";
import { readTokenizerJson, type TokenizerJson } from "../tokenizer/tokenizer-json.ts";
import type { ModelConfig } from "./model-config.ts";

interface TokenizerConfig {
  readonly bos_token?: SpecialToken;
  readonly eos_token?: SpecialToken;
  readonly unk_token?: SpecialToken;
  readonly pad_token?: SpecialToken;
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
}

type SpecialToken = string | { readonly content: string } | null;

/** A vocabulary by token id. */
interface Pieces {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly scores: readonly number[];
}

const LINE_END = "<0x0A>";
const BYTE_PIECE = /^<0x[0-9A-F]{2}>$/;
/** How llama.cpp would split a text before it looks for merges, by what the model's own rule has in it. */
const SPLITTERS: readonly (readonly [rule: string, name: string])[] = [
  ["\\p{N}{1,3}", "llama-bpe"],
  ["\\p{N}|", "qwen2"],
  ["Digits", "smollm"],
];

/**
 * The tokenizer as llama.cpp keeps it, and the chat template. Texts are never encoded with it here, tokens are turned
 * into text: what counts is which bytes each token stands for.
 *
 * @param rows of the embedding, one for each token; there may be more of them than the tokenizer has, or fewer.
 * @throws EngineError `unsupported` for a tokenizer of another kind than llama.cpp's.
 */
export async function vocabulary(snapshot: Snapshot, config: ModelConfig, rows: number): Promise<Metadata> {
  const tokenizer = await readTokenizerJson(snapshot);
  requireKind(tokenizer, snapshot.id);
  const tokenizerConfig = (await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  const { tokens, types, scores } = pieces(tokenizer, rows, snapshot.id);
  const byteLevel = isByteLevel(tokenizer);
  const template = await chatTemplate(snapshot, tokenizerConfig, tokenizer);
  return {
    "tokenizer.ggml.model": string(byteLevel ? "gpt2" : "llama"),
    "tokenizer.ggml.pre": string(byteLevel ? splitter(tokenizer) : "default"),
    "tokenizer.ggml.tokens": strings(tokens),
    "tokenizer.ggml.token_type": int32s(types),
    ...(byteLevel
      ? { "tokenizer.ggml.merges": strings(merges(tokenizer)) }
      : {
          "tokenizer.ggml.scores": float32s(scores),
          "tokenizer.ggml.add_space_prefix": bool(stripsSpace(tokenizer)),
        }),
    ...(await specialTokens(snapshot, tokenizerConfig, config, tokens)),
    "tokenizer.ggml.add_bos_token": bool(addsBos(tokenizer)),
    ...(template === undefined ? {} : { "tokenizer.chat_template": string(template) }),
  };
}

function requireKind({ model: { type = "BPE" } }: TokenizerJson, id: string): void {
  if (type === "BPE" || type === "Unigram") return;
  throw new EngineError("unsupported", say.tokenizerKind(id, type, "BPE, Unigram"));
}

function pieces({ model, added_tokens: added = [] }: TokenizerJson, rows: number, name: string): Pieces {
  const tokens = Array.from({ length: rows }, (_, index) => `[PAD${index}]`);
  const types: number[] = Array.from({ length: rows }, () => TOKEN_TYPE.unused);
  const scores: number[] = Array.from({ length: rows }, () => 0);
  const put = (index: number, token: string, type: number, score = 0): void => {
    if (index >= rows) return;
    tokens[index] = token;
    types[index] = type;
    scores[index] = score;
  };
  const { vocab } = model;
  if (Array.isArray(vocab)) {
    for (const [index, [token, score]] of (vocab as readonly (readonly [string, number])[]).entries())
      put(index, token, pieceType(token), score);
  } else if (vocab !== undefined) {
    // Earlier tokens are merged first.
    for (const [token, index] of Object.entries(vocab)) put(index, token, pieceType(token), -index);
  } else {
    throw new EngineError("unsupported", say.noVocabularyIn(`The tokenizer.json of ${name}`));
  }
  for (const { id, content, special } of added) put(id, content, special ? TOKEN_TYPE.control : TOKEN_TYPE.userDefined);
  const id = unknownToken(model, tokens);
  if (id >= 0) types[id] = TOKEN_TYPE.unknown;
  // llama.cpp bears no two tokens with one text: texts become the later one.
  const latest = new Map(tokens.map((token, index) => [token, index]));
  for (const [index, token] of tokens.entries()) {
    if (latest.get(token) !== index) put(index, `[PAD${index}]`, TOKEN_TYPE.unused);
  }
  // node-llama-cpp tries the tokenizer on a line's end, and llama.cpp ends the process where it finds no token for it.
  if (id >= 0 && !tokens.includes(LINE_END)) tokens[id] = LINE_END;
  return { tokens, types, scores };
}

/** Below zero where there is none. */
function unknownToken({ unk_token: text, unk_id: id }: TokenizerJson["model"], tokens: readonly string[]): number {
  return typeof id === "number" ? id : tokens.indexOf(text ?? "");
}

function pieceType(token: string): number {
  return BYTE_PIECE.test(token) ? TOKEN_TYPE.byte : TOKEN_TYPE.normal;
}

/** Whether each character of a token stands for a byte, as in GPT-2; else tokens are plain text with `▁` for a space. */
function isByteLevel({ pre_tokenizer: before, decoder }: TokenizerJson): boolean {
  return JSON.stringify([before, decoder]).includes('"ByteLevel"');
}

function splitter({ pre_tokenizer: rule }: TokenizerJson): string {
  const text = JSON.stringify(rule ?? {}).replaceAll("\\\\", "\\");
  return SPLITTERS.find(([part]) => text.includes(part))?.[1] ?? "gpt-2";
}

/** Older files have `"a b"`, newer ones `["a", "b"]`. */
function merges({ model }: TokenizerJson): readonly string[] {
  return (model.merges ?? []).map((pair) => (typeof pair === "string" ? pair : pair.join(" ")));
}

/** Whether a decoded text loses the space that encoding put before it. */
function stripsSpace({ decoder }: TokenizerJson): boolean {
  const steps = decoder?.type === "Sequence" ? (decoder.decoders ?? []) : decoder == null ? [] : [decoder];
  return steps.some(
    ({ type, start = 0, prepend_scheme: scheme, add_prefix_space: adds }) =>
      (type === "Strip" && start > 0) || (type === "Metaspace" && (scheme ?? (adds ? "always" : "never")) !== "never"),
  );
}

async function specialTokens(
  snapshot: Snapshot,
  tokenizer: TokenizerConfig,
  config: ModelConfig,
  tokens: readonly string[],
): Promise<Metadata> {
  const generation = await readJson<Pick<ModelConfig, "eos_token_id">>(snapshot, "generation_config.json");
  const ends = [generation?.eos_token_id ?? config.eos_token_id].flat().filter((id) => typeof id === "number");
  const eos = tokenId(tokenizer.eos_token, tokens) ?? ends[0];
  const ids = {
    bos: tokenId(tokenizer.bos_token, tokens) ?? [config.bos_token_id].flat()[0] ?? undefined,
    eos,
    eot: ends.find((id) => id !== eos),
    unknown: tokenId(tokenizer.unk_token, tokens),
    padding: tokenId(tokenizer.pad_token, tokens) ?? config.pad_token_id ?? undefined,
  };
  return Object.fromEntries(
    Object.entries(ids).flatMap(([name, id]) =>
      id === undefined || id < 0 || id >= tokens.length ? [] : [[`tokenizer.ggml.${name}_token_id`, uint32(id)]],
    ),
  );
}

function tokenId(token: SpecialToken | undefined, tokens: readonly string[]): number | undefined {
  const text = typeof token === "string" ? token : token?.content;
  const id = text === undefined ? -1 : tokens.indexOf(text);
  return id < 0 ? undefined : id;
}

function addsBos({ post_processor: after }: TokenizerJson): boolean {
  return /"single":\[\{"SpecialToken"/.test(JSON.stringify(after ?? {}));
}

/** Of several templates by name, transformers takes the one called `default`. */
async function chatTemplate(
  snapshot: Snapshot,
  { chat_template: templates }: TokenizerConfig,
  tokenizer: TokenizerJson,
): Promise<string | undefined> {
  if (snapshot.files.includes("chat_template.jinja")) {
    return await readFile(join(snapshot.directory, "chat_template.jinja"), "utf8");
  }
  if (typeof templates === "string") return templates;
  if (templates !== undefined) return templates.find(({ name }) => name === "default")?.template;
  const other = await readJson<{ chat_template?: string }>(snapshot, "chat_template.json");
  return other?.chat_template ?? (await templateInCode(snapshot, tokenizer));
}

/** Of families whose prompts are made by a library, or by code in the repository. */
async function templateInCode(snapshot: Snapshot, tokenizer: TokenizerJson): Promise<string | undefined> {
  return (
    (await tekkenTemplate(snapshot)) ?? (await qwenTemplate(snapshot)) ?? (await baichuanTemplate(snapshot, tokenizer))
  );
}
