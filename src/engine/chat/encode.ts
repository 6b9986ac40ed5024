import type { LlamaModel, Token } from "node-llama-cpp";
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
