import type { LlamaModel, Token } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { TOKEN_TYPE } from "../tokenizer/detokenizer.ts";
import type { SamplerSettings } from "./addon.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/**
 * What is added to the logits.
 * @param isBound whether a grammar binds the answer: to llama.cpp, a control token is the text of its name, which could
 *   stand in a string; here it has no text, so it must not come.
 * @throws EngineError `bad_request` for a token that the model does not have.
 */
export function tokenBias(
  model: LlamaModel,
  vocabulary: ChatVocabulary,
  biases: ReadonlyMap<number, number>,
  isBound: boolean,
): Pick<SamplerSettings, "tokenBiasKeys" | "tokenBiasValues"> {
  for (const token of biases.keys()) if (token >= vocabulary.pieces.length) throw noToken(token, vocabulary);
  const all = new Map(biases);
  if (isBound) for (const token of silentTokens(model, vocabulary)) all.set(token, -Infinity);
  if (all.size === 0) return {};
  return { tokenBiasKeys: Uint32Array.from(all.keys()), tokenBiasValues: Float32Array.from(all.values()) };
}

function noToken(token: number, { pieces }: ChatVocabulary): EngineError {
  return new EngineError("bad_request", say.noToken(token, pieces.length - 1));
}

function silentTokens(model: LlamaModel, { types }: ChatVocabulary): readonly number[] {
  return types.flatMap((type, id) => (type === TOKEN_TYPE.control && !model.isEogToken(id as Token) ? [id] : []));
}
