import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { EmbedRequest, Snapshot } from "../model.ts";
import type { SpecialTokens } from "../tokenizer/surroundings.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import type { Recipe } from "./recipe.ts";

export interface TokenizedText {
  /** As the encoder takes them: cut to its limit, special tokens included. */
  readonly ids: Int32Array;
  readonly truncated: boolean;
  /** So many tokens at the start are not pooled. */
  readonly unpooled: number;
}

/** @throws EngineError `bad_request` for a token id outside the vocabulary, or a prompt that the model does not have. */
export type TokenizeTexts = (request: EmbedRequest) => readonly TokenizedText[];

interface Limits {
  readonly vocabularySize: number;
  /** Special tokens included. */
  readonly maxTokens: number;
}

/** Texts as the encoder of a repository takes them. */
export async function loadTextTokens(snapshot: Snapshot, recipe: Recipe, limits: Limits): Promise<TokenizeTexts> {
  const tokenizer = await loadTokenizer(snapshot);
  const { before, after } = await specialTokens(snapshot, tokenizer);
  const room = Math.max(limits.maxTokens - before.length - after.length, 0);
  const encode = (text: string): readonly number[] =>
    tokenizer.encode(recipe.lowerCase ? text.toLowerCase() : text, { addSpecialTokens: false });

  return (request) => {
    const prompt = promptOf(request, recipe, snapshot.id);
    const promptTokens = prompt === "" ? [] : encode(prompt);
    const unpooled = recipe.poolsPrompt || prompt === "" ? 0 : before.length + promptTokens.length;
    return request.inputs.map((input) => {
      const tokens =
        typeof input === "string" ? encode(prompt + input) : [...promptTokens, ...checked(input, limits, snapshot.id)];
      const ids = Int32Array.from([...before, ...tokens.slice(0, room), ...after]);
      return { ids, truncated: tokens.length > room, unpooled: Math.min(unpooled, ids.length - 1) };
    });
  };
}

/** Where the tokenizer's own settings ask for an end token that its `tokenizer.json` leaves out, it is put there. */
async function specialTokens(snapshot: Snapshot, tokenizer: Tokenizer): Promise<SpecialTokens> {
  const { before, after } = tokenizer.specialTokens;
  const config = await readJson<{ add_eos_token?: boolean; eos_token?: string | { readonly content: string } | null }>(
    snapshot,
    "tokenizer_config.json",
  );
  const { add_eos_token: adds = false, eos_token: token } = config ?? {};
  const eos = tokenizer.tokenId((typeof token === "string" ? token : token?.content) ?? "");
  return adds && eos !== undefined && after.at(-1) !== eos ? { before, after: [...after, eos] } : { before, after };
}

/** A prompt in its own words comes before one that is named. */
function promptOf({ prompt, promptName }: EmbedRequest, { prompts, defaultPrompt }: Recipe, model: string): string {
  if (prompt !== undefined) return prompt;
  if (promptName === undefined) return defaultPrompt;
  const named = prompts.get(promptName);
  if (named !== undefined) return named;
  const message = say.noPrompt(model, promptName, [...prompts.keys()]);
  throw new EngineError("bad_request", message, { field: "prompt_name" });
}

function checked(ids: readonly number[], { vocabularySize }: Limits, model: string): readonly number[] {
  const wrong = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
  if (wrong === undefined) return ids;
  const message = say.noTokenId(wrong, model, vocabularySize - 1);
  throw new EngineError("bad_request", message, { field: "input" });
}
