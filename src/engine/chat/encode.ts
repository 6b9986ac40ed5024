import type { LlamaModel, Token } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { hasTokenizer } from "../tokenizer/tokenizer-json.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/** A rendered prompt as token ids; the special tokens that it names are recognised. */
export type Encode = (prompt: string) => Token[];

/**
 * With the repository's own tokenizer where it has one: llama.cpp's tokenizer skips normalisations. Else with
 * the vocabulary inside the GGUF file.
 */
export async function createEncode(
  snapshot: Snapshot,
  model: LlamaModel,
  { bos, addBos }: ChatVocabulary,
): Promise<Encode> {
  if (!hasTokenizer(snapshot)) {
    return (prompt) => {
      const tokens = model.tokenize(prompt, true);
      return bos === undefined || !addBos || tokens[0] === bos ? tokens : [bos as Token, ...tokens];
    };
  }
  const tokenizer = await loadTokenizer(snapshot);
  // A chat template writes every special token itself.
  return (prompt) => tokenizer.encode(prompt, { addSpecialTokens: false }) as Token[];
}

/**
 * Lets a prompt without a token begin with the one that opens a text, as transformers does.
 * @returns a function that throws an EngineError `bad_request` where the model has no such token.
 */
export function neverEmpty(encode: Encode, { bos }: Pick<ChatVocabulary, "bos">, model: string): Encode {
  return (prompt) => {
    const tokens = encode(prompt);
    if (tokens.length > 0) return tokens;
    if (bos === undefined) throw new EngineError("bad_request", say.emptyPrompt(model), { field: "messages" });
    return [bos as Token];
  };
}
