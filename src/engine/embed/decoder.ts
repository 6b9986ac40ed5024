import type { LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { say } from "../../messages/say.ts";
import { BATCH_TOKENS } from "../chat/attention.ts";
import { loadFailure } from "../chat/contexts.ts";
import type { LlamaRuntime } from "../chat/llama.ts";
import { loadWeights } from "../chat/load-weights.ts";
import { convertedFile, type ConvertOptions } from "../convert/converted.ts";
import type { Pooling } from "../convert/pooling.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import type { Encoder } from "./encoder.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import { applySteps, dimensionsAfter, loadSteps } from "./steps.ts";
import { loadTextTokens } from "./text-tokens.ts";

export interface DecoderOptions {
  readonly runtime: LlamaRuntime;
  readonly threads: number;
  /** At most so many tokens of a text are read; the model's own limit wins when it is smaller. */
  readonly contextTokens: number;
}

/**
 * The GGUF file that a language model makes embeddings from, made now unless it is there.
 * @returns its path
 * @throws what `convertedFile` throws
 */
export async function decoderFile(
  snapshot: Snapshot,
  options: Omit<ConvertOptions, "pooling">,
  signal: AbortSignal,
): Promise<string> {
  const pooling = llamaPooling(await readRecipe(snapshot), snapshot.id);
  return convertedFile(snapshot, { ...options, pooling }, signal);
}

/**
 * Loads a language model that makes embeddings into llama.cpp, which pools the last layer's states and leaves them at
 * their length. Texts are computed one after the other.
 *
 * @param weights the path that `decoderFile` gave.
 * @throws EngineError `unsupported`, `corrupt`, `not_installed` or `out_of_memory`; the signal's reason.
 */
export async function loadDecoder(
  snapshot: Snapshot,
  weights: string,
  options: DecoderOptions,
  signal: AbortSignal,
): Promise<Encoder> {
  const recipe = await readRecipe(snapshot);
  const pooling = llamaPooling(recipe, snapshot.id);
  const steps = await loadSteps(snapshot, recipe.steps);
  const model = await loadModel(weights, options.runtime, snapshot.id, signal);
  try {
    const maxTokens = Math.min(recipe.maxTokens, model.trainContextSize, options.contextTokens);
    const vocabularySize = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
    const tokenize = await loadTextTokens(snapshot, recipe, { vocabularySize, maxTokens });
    const context = await createContext(model, { pooling, maxTokens, threads: options.threads }, snapshot.id, signal);
    return {
      dimensions: dimensionsAfter(steps, model.embeddingVectorSize),
      batchTexts: 1,
      tokenize: async (request) => tokenize(request),
      async encode(texts) {
        const vectors: Float32Array[] = [];
        for (const { ids } of texts) {
          // Of a text without a token sentence-transformers has zeros; llama.cpp has nothing.
          const states =
            ids.length === 0
              ? new Float32Array(model.embeddingVectorSize)
              : (await context.getEmbeddingFor([...ids] as Token[])).vector;
          vectors.push(applySteps(steps, Float32Array.from(states)));
        }
        return vectors;
      },
      async dispose() {
        await context.dispose();
        await model.dispose();
      },
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

/** @throws EngineError `unsupported` for a pooling that llama.cpp does not have. */
function llamaPooling({ pooling: modes, poolsPrompt }: Recipe, model: string): Pooling {
  const [mode] = modes;
  if (modes.length === 1 && (mode === "lasttoken" || (mode === "mean" && poolsPrompt) || mode === "cls")) return mode;
  const message = say.decoderPooling(model, modes.join(" + "), poolsPrompt, "lasttoken, mean, cls");
  throw new EngineError("unsupported", message);
}

/** @throws EngineError `unsupported`, `not_installed` or `out_of_memory`; the signal's reason. */
export async function loadModel(
  modelPath: string,
  runtime: LlamaRuntime,
  id: string,
  signal: AbortSignal,
): Promise<LlamaModel> {
  return loadWeights(await runtime(), { modelPath }, { what: id, id }, signal);
}

async function createContext(
  model: LlamaModel,
  { pooling, maxTokens, threads }: { readonly pooling: Pooling; readonly maxTokens: number; readonly threads: number },
  id: string,
  signal: AbortSignal,
): Promise<LlamaEmbeddingContext> {
  // The context must be longer than the longest text.
  const contextSize = maxTokens + 1;
  // What is pooled of several tokens, or sees those after it, has to be computed in one step.
  const isCausal = model.fileInfo.architectureMetadata.attention?.causal ?? true;
  const batchSize = pooling === "lasttoken" && isCausal ? Math.min(BATCH_TOKENS, contextSize) : contextSize;
  try {
    return await model.createEmbeddingContext({ contextSize, batchSize, threads, createSignal: signal });
  } catch (error) {
    signal.throwIfAborted();
    throw loadFailure(`a context of ${contextSize} tokens of ${id}`, error);
  }
}
