import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { addedToken, around } from "./added-tokens.ts";
import { rankedBytePairs } from "./rank-table.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

export const TEKKEN = "tekken.json";

/** Source: `ModelData` of https://github.com/mistralai/mistral-common */
interface TekkenModel {
  readonly config: {
    readonly pattern: string;
    /** `v3`, `v7`, `v11`, … */
    readonly version?: string;
    /** Of all tokens, the special ones included. */
    readonly default_vocab_size: number;
    readonly default_num_special_tokens: number;
  };
  readonly vocab: readonly { readonly rank: number; readonly token_bytes: string }[];
  readonly special_tokens?: readonly { readonly rank: number; readonly token_str: string }[] | null;
}

const BOS = "<s>";
/** Of files that name none. */
const SPECIAL_TOKENS = ["<unk>", BOS, "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]"].concat(
  ["[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]", "[IMG_END]"],
  ["[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]"],
);

/**
 * How the models with such a file are asked, from version 7 on: their repositories have no chat template, as Mistral's own
 * library writes the prompts. Tools are left to those who tell of them in words.
 * Source: `InstructTokenizerV7` of https://github.com/mistralai/mistral-common
 */
const CHAT_TEMPLATE = `{{ bos_token }}
{%- for message in messages -%}
{%- if message.role == "system" -%}[SYSTEM_PROMPT]{{ message.content }}[/SYSTEM_PROMPT]
{%- elif message.role == "user" -%}[INST]{{ message.content }}[/INST]
{%- elif message.role == "assistant" -%}{{ message.content }}{{ eos_token }}
{%- else -%}{{ raise_exception("Only messages of the roles system, user and assistant are known.") }}
{%- endif -%}
{%- endfor -%}`;

/** Undefined for a repository without a `tekken.json`, or with an older one. */
export async function tekkenTemplate(snapshot: Snapshot): Promise<string | undefined> {
  const version = (await readJson<Partial<TekkenModel>>(snapshot, TEKKEN))?.config?.version ?? "";
  return Number(version.replace("v", "")) >= 7 ? CHAT_TEMPLATE : undefined;
}

/**
 * What `tokenizer.json` would say of a newer model of Mistral that has only its `tekken.json`: special tokens first, then
 * those of a table of ranks. Undefined where there is none.
 *
 * @throws EngineError `corrupt` for one without a vocabulary.
 */
export async function readTekken(snapshot: Snapshot): Promise<TokenizerJson | undefined> {
  const model = await readJson<Partial<TekkenModel>>(snapshot, TEKKEN);
  if (model === undefined) return undefined;
  const { config, vocab, special_tokens: named } = model;
  if (config === undefined || vocab === undefined) {
    throw new EngineError("corrupt", say.noVocabularyIn(`${TEKKEN} of ${snapshot.id}`));
  }
  const { default_num_special_tokens: specials, default_vocab_size: size, pattern } = config;
  const tokens = vocab
    .slice(0, size - specials)
    .map(({ rank, token_bytes: bytes }) => ({ rank, bytes: Buffer.from(bytes, "base64") }));
  const special = named ?? SPECIAL_TOKENS.map((token_str, rank) => ({ rank, token_str }));
  const ids = Object.fromEntries(special.map(({ token_str: text, rank }) => [text, rank]));
  return {
    ...rankedBytePairs(tokens, specials, pattern),
    added_tokens: special.map(({ token_str: text, rank }) => addedToken(rank, text)),
    post_processor: around(ids, [BOS], []),
  };
}
