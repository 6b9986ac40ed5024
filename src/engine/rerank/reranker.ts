import { say } from "../../messages/say.ts";
import { convertedFile, type ConvertOptions } from "../convert/converted.ts";
import { batches } from "../embed/batches.ts";
import { createCalls } from "../embed/calls.ts";
import type { DecoderOptions } from "../embed/decoder.ts";
import { isLanguageModel } from "../embed/embedder.ts";
import type { EncoderOptions } from "../embed/encoder.ts";
import { EngineError } from "../errors.ts";
import type { RerankModel, RerankRequest, RerankResult, Snapshot } from "../model.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import { startCrossEncoder } from "./cross-encoder-thread.ts";
import { loadJudge } from "./judge.ts";
import type { TokenizedPair } from "./pairs.ts";

/** More pairs at once cost more: a few hundred tokens keep the processor busy, and their states fit its cache. */
const BATCH_LIMITS = { maxTexts: 32, maxTokens: 512 };

export interface RerankerOptions extends EncoderOptions, DecoderOptions {
  /** What `rerankerFile` gave. */
  readonly weights: string | undefined;
}

/**
 * The GGUF file of a language model that ranks documents, made now unless it is there; undefined for a cross-encoder,
 * which is run from the repository's own weights.
 * @throws what `convertedFile` throws
 */
export async function rerankerFile(
  snapshot: Snapshot,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  return (await isLanguageModel(snapshot)) ? convertedFile(snapshot, options, signal) : undefined;
}

/**
 * Loads a model whose scores are those of sentence-transformers: a cross-encoder into ONNX Runtime, a language model into
 * llama.cpp. Either is loaded when it is first needed.
 *
 * @throws EngineError `unsupported`, `not_installed`, `corrupt` or `out_of_memory`; the signal's reason.
 */
export async function loadReranker(
  snapshot: Snapshot,
  options: RerankerOptions,
  signal: AbortSignal,
): Promise<RerankModel> {
  const { weights, threads, cacheDirectory } = options;
  const model =
    weights === undefined
      ? await startCrossEncoder(snapshot, { threads, cacheDirectory })
      : await loadJudge(snapshot, weights, options, signal);
  return createReranker(model, snapshot.id);
}

/** Calls that run at the same time take turns batch by batch, so that memory stays bounded and none waits for all. */
export function createReranker(crossEncoder: CrossEncoder, id: string): RerankModel {
  const { turns, run, end } = createCalls(id, crossEncoder.dispose);

  async function rerank(request: RerankRequest, signal: AbortSignal): Promise<RerankResult> {
    const pairs = await turns.take(() => crossEncoder.tokenize(request), signal);
    if (!request.truncate) requireRoom(pairs, crossEncoder.maxTokens, id);
    const lengths = pairs.map(({ ids }) => ids.length);
    const scores = new Float64Array(pairs.length);
    for (const batch of batches(lengths, BATCH_LIMITS)) {
      const rows = batch.flatMap((index) => pairs[index] ?? []);
      const logits = await turns.take(() => crossEncoder.score(rows), signal);
      for (const [row, index] of batch.entries()) scores[index] = logits[row] ?? Number.NaN;
    }
    const isProbability = (request.scores ?? ofActivation(crossEncoder)) === "probability";
    return {
      scores: Array.from(scores, (logit) => (isProbability ? sigmoid(logit) : logit)),
      promptTokens: lengths.reduce((sum, length) => sum + length, 0),
    };
  }

  return { rerank: (request, signal) => run(() => rerank(request, signal)), dispose: end };
}

function ofActivation({ activation }: CrossEncoder): RerankRequest["scores"] {
  return activation === "sigmoid" ? "probability" : "raw";
}

/** @throws EngineError `context_length_exceeded` if a pair had to be cut. */
function requireRoom(pairs: readonly TokenizedPair[], maxTokens: number, model: string): void {
  const index = pairs.findIndex(({ truncated }) => truncated);
  if (index < 0) return;
  const message = say.documentTooLong(index, maxTokens, model);
  throw new EngineError("context_length_exceeded", message, { field: "documents" });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
