import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { correct } from "./corrections.ts";
import { readTokenizerJson, type TokenizerJson } from "./tokenizer-json.ts";

/** Text → token ids, exactly as the model's own `tokenizer.json` says. */
export interface Tokenizer {
  /** One more than the highest id. */
  readonly vocabularySize: number;
  /** What `addSpecialTokens` puts around a text: `[CLS]` and `[SEP]`, or a BOS alone. */
  readonly specialTokens: SpecialTokens;
  /** Special tokens that stand in the text are recognised in any case. Texts of any length are encoded whole. */
  encode(text: string, options: { readonly addSpecialTokens: boolean }): number[];
  /** Two texts joined, special tokens around them; a token's type is 0 or 1, by the text that it belongs to. */
  encodePair(first: string, second: string): { readonly ids: readonly number[]; readonly types: readonly number[] };
  /** The id of a whole token such as `</s>`, undefined where the vocabulary has no such token. */
  tokenId(token: string): number | undefined;
}

export interface SpecialTokens {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * Reads `tokenizer.json`, or what stands for it, and, where there is one, `tokenizer_config.json`.
 *
 * @throws EngineError `unsupported` if there is neither, or it asks for a step that we do not know.
 */
export async function loadTokenizer(snapshot: Snapshot): Promise<Tokenizer> {
  const json = await readTokenizerJson(snapshot);
  const config = (await readJson<object>(snapshot, "tokenizer_config.json")) ?? {};
  const tokenizer = createTokenizer(json, config, snapshot.id);
  const encode: Tokenizer["encode"] = (text, { addSpecialTokens }) =>
    tokenizer.encode(text, { add_special_tokens: addSpecialTokens }).ids;
  return {
    vocabularySize: vocabularySize(tokenizer),
    specialTokens: specialTokens(encode),
    encode,
    encodePair(first, second) {
      const pair = tokenizer.encode(first, { text_pair: second, return_token_type_ids: true });
      return { ids: pair.ids, types: pair.token_type_ids };
    },
    tokenId: (token) => tokenizer.token_to_id(token),
  };
}

function createTokenizer(json: TokenizerJson, config: object, model: string): HuggingFaceTokenizer {
  try {
    const tokenizer = new HuggingFaceTokenizer(json, config);
    correct(tokenizer, json);
    return tokenizer;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("unsupported", `The tokenizer.json of ${model} cannot be used: ${reason}`, { cause });
  }
}

function vocabularySize(tokenizer: HuggingFaceTokenizer): number {
  let highest = -1;
  for (const id of tokenizer.get_vocab().values()) highest = Math.max(highest, id);
  return highest + 1;
}

/** Every kind of post-processor puts its tokens around the text's, so one short text shows them. */
function specialTokens(encode: Tokenizer["encode"]): SpecialTokens {
  const bare = encode("a", { addSpecialTokens: false });
  const whole = encode("a", { addSpecialTokens: true });
  const start = whole.findIndex((_, index) => bare.every((id, offset) => whole[index + offset] === id));
  return { before: whole.slice(0, start), after: whole.slice(start + bare.length) };
}
