import { batches } from "../embed/batches.ts";
import type { EncoderOptions } from "../embed/encoder.ts";
import { createCalls } from "../embed/calls.ts";
import { EngineError } from "../errors.ts";
import type { RerankModel, RerankRequest, RerankResult, Snapshot } from "../model.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import { startCrossEncoder } from "./cross-encoder-thread.ts";
import type { TokenizedPair } from "./pairs.ts";

/** More pairs at once cost more: a few hundred tokens keep the processor busy, and their states fit its cache. */
const BATCH_LIMITS = { maxTexts: 32, maxTokens: 512 };

/**
 * Loads a cross-encoder: its scores are those of sentence-transformers. onnxruntime-node is loaded when this is first
 * called.
 *
 * @throws EngineError `unsupported`, `not_installed`, `corrupt` or `out_of_memory`
 */
export async function loadReranker(snapshot: Snapshot, options: EncoderOptions): Promise<RerankModel> {
  return createReranker(await startCrossEncoder(snapshot, options), snapshot.id);
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
  const message = `Document ${index} and the query have more than the ${maxTokens} tokens that ${model} reads; shorten it, or leave 'truncate' out.`;
  throw new EngineError("context_length_exceeded", message, { field: "documents" });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
