import type { EncoderOptions } from "../embed/encoder.ts";
import type { Snapshot } from "../model.ts";
import { loadInThread } from "../thread/thread.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import type { CrossEncoderStep, CrossEncoderWorkerData } from "./cross-encoder-worker.ts";
import type { TokenizedPair } from "./pairs.ts";

/**
 * Loads a model into a thread of its own, as encoders are.
 * @throws what `loadCrossEncoder` throws
 */
export async function startCrossEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<CrossEncoder> {
  const workerData: CrossEncoderWorkerData = { snapshot, options };
  type Facts = Pick<CrossEncoder, "maxTokens" | "activation">;
  const { facts, ask, dispose } = await loadInThread<CrossEncoderStep, Facts>(
    "cross-encoder-worker",
    import.meta.url,
    workerData,
    snapshot.id,
  );
  return {
    ...facts,
    tokenize: (pairs) => ask<readonly TokenizedPair[]>({ name: "tokenize", pairs }),
    score: (pairs) => ask<Float32Array>({ name: "score", pairs }),
    dispose,
  };
}
