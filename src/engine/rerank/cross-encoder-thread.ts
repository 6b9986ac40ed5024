import type { EncoderOptions } from "../embed/encoder.ts";
import type { Snapshot } from "../model.ts";
import { startThread } from "../thread/thread.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import type { CrossEncoderStep, CrossEncoderWorkerData } from "./cross-encoder-worker.ts";
import type { TokenizedPair } from "./pairs.ts";

/**
 * Loads a model into a thread of its own, as encoders are.
 * @throws what `loadCrossEncoder` throws
 */
export async function startCrossEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<CrossEncoder> {
  const workerData: CrossEncoderWorkerData = { snapshot, options };
  const thread = startThread<CrossEncoderStep>("cross-encoder-worker", import.meta.url, workerData, snapshot.id);
  try {
    const facts = await thread.ask<Pick<CrossEncoder, "maxTokens" | "activation">>({ name: "load" });
    return {
      ...facts,
      tokenize: (pairs) => thread.ask<readonly TokenizedPair[]>({ name: "tokenize", pairs }),
      score: (pairs) => thread.ask<Float32Array>({ name: "score", pairs }),
      async dispose() {
        await thread.ask({ name: "dispose" });
        await thread.end();
      },
    };
  } catch (error) {
    await thread.end();
    throw error;
  }
}
