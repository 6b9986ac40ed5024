import type { LlamaModel, Token, TokenBias } from "node-llama-cpp";
import { EngineError } from "../errors.ts";
import { TOKEN_TYPE } from "../tokenizer/detokenizer.ts";
import { importNodeLlamaCpp } from "./llama.ts";
import type { ChatVocabulary } from "./vocabulary.ts";

/**
 * What is added to the logits; undefined where nothing is.
 * @param isBound whether a grammar binds the answer: to llama.cpp, a control token is the text of its name, which could
 *   stand in a string; here it has no text, so it must not come.
 * @throws EngineError `bad_request` for a token that the model does not have.
 */
export async function tokenBias(
  model: LlamaModel,
  vocabulary: ChatVocabulary,
  biases: ReadonlyMap<number, number>,
  isBound: boolean,
): Promise<TokenBias | undefined> {
  if (biases.size === 0 && !isBound) return undefined;
  const { TokenBias } = await importNodeLlamaCpp();
  const bias = TokenBias.for(model);
  for (const [token, logit] of biases) {
    if (token >= vocabulary.pieces.length) throw noToken(token, vocabulary);
    addBias(bias, token as Token, logit);
  }
  if (isBound) for (const token of silentTokens(model, vocabulary)) bias.set(token, "never");
  return bias;
}

function noToken(token: number, { pieces }: ChatVocabulary): EngineError {
  return new EngineError(
    "bad_request",
    `There is no token ${token}: this model's tokens go up to ${pieces.length - 1}.`,
  );
}

/** node-llama-cpp passes over the tokens that end an answer, which OpenAI's `logit_bias` may well name. */
function addBias(bias: TokenBias, token: Token, logit: number): void {
  bias.set(token, { logit });
  const biases: unknown = Reflect.get(bias, "_biases");
  if (biases instanceof Map) biases.set(token, logit);
}

function silentTokens(model: LlamaModel, { types }: ChatVocabulary): readonly Token[] {
  return types.flatMap((type, id) =>
    type === TOKEN_TYPE.control && !model.isEogToken(id as Token) ? [id as Token] : [],
  );
}
