import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { correct, type LibraryTokenizer } from "./corrections.ts";
import { createEncodeText } from "./encode-text.ts";
import { preTokenizer } from "./pre-tokenizers.ts";
import { type SpecialTokens, surroundings, type TokenPair } from "./surroundings.ts";
import { readTokenizerJson, type TokenizerJson } from "./tokenizer-json.ts";
import { unigramIds } from "./unigram.ts";

/** Text → token ids, exactly as the model's own `tokenizer.json` says. */
export interface Tokenizer {
  /** What `addSpecialTokens` puts around a text. */
  readonly specialTokens: SpecialTokens;
  /** Special tokens that stand in the text are recognised in any case. Texts of any length are encoded whole. */
  encode(text: string, options: { readonly addSpecialTokens: boolean }): number[];
  encodePair(first: string, second: string): TokenPair;
  /** The id of a whole token such as `</s>`, undefined where the vocabulary has no such token. */
  tokenId(token: string): number | undefined;
}

/**
 * Reads `tokenizer.json`, or what stands for it, and, where there is one, `tokenizer_config.json`.
 *
 * @throws EngineError `unsupported` if there is neither, or it asks for a step that we do not know.
 */
export async function loadTokenizer(snapshot: Snapshot): Promise<Tokenizer> {
  const json = await readTokenizerJson(snapshot);
  const config = (await readJson<TokenizerConfig>(snapshot, "tokenizer_config.json")) ?? {};
  try {
    return createTokenizer(json, config);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("unsupported", say.tokenizerUnusable(snapshot.id, reason), { cause });
  }
}

/**
 * The library's are the steps of the normalizer, the model, and what stands around a text; the way of a text to words is
 * our own.
 * @throws Error for a part that is not known.
 */
function createTokenizer(json: TokenizerJson, config: TokenizerConfig): Tokenizer {
  const { added_tokens: addedTokens = [], pre_tokenizer: words } = json;
  const parts = { ...json, added_tokens: [], pre_tokenizer: null };
  const tokenizer: LibraryTokenizer = new HuggingFaceTokenizer(parts, config);
  correct(tokenizer);
  const { normalizer, model, post_processor: post } = tokenizer;
  const { tokens_to_ids: vocabulary, unk_token_id: unknown } = model;
  const added = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const tokenId = (token: string): number | undefined => added.get(token) ?? vocabulary.get(token);

  const encode = createEncodeText({
    addedTokens,
    normalize: (text) => normalizer?.normalize(text) ?? text,
    preTokenize: words == null ? (text) => [text] : preTokenizer(words),
    wordIds:
      json.model.type === "Unigram"
        ? unigramIds(model, json.model["byte_fallback"] === true)
        : (word) => model._call([word]).flatMap((token) => vocabulary.get(token) ?? unknown ?? []),
  });
  const { ofOne, join } = surroundings(post?.post_process.bind(post), tokenId);
  return {
    specialTokens: ofOne,
    encode(text, { addSpecialTokens }) {
      const ids = encode(text);
      return addSpecialTokens ? [...ofOne.before, ...ids, ...ofOne.after] : ids;
    },
    encodePair(first, second) {
      const pair = join(encode(first), encode(second));
      return givesTypes(config) ? pair : { ids: pair.ids, types: pair.ids.map(() => 0) };
    },
    tokenId,
  };
}

/** What is read of `tokenizer_config.json` here. */
interface TokenizerConfig {
  readonly model_input_names?: readonly string[] | null;
  readonly tokenizer_class?: string | null;
}

/**
 * Whether the second text of two is told from the first: by what transformers 5 saves under its general name it is not,
 * unless that says so.
 */
function givesTypes({ model_input_names: names, tokenizer_class: name }: TokenizerConfig): boolean {
  return names?.includes("token_type_ids") ?? name !== "TokenizersBackend";
}
