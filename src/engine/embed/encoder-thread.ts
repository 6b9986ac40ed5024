import type { Snapshot } from "../model.ts";
import { loadInThread } from "../thread/thread.ts";
import type { Encoder, EncoderOptions } from "./encoder.ts";
import type { EncoderStep, EncoderWorkerData } from "./encoder-worker.ts";
import type { TokenizedText } from "./text-tokens.ts";

/**
 * Loads a model into a thread of its own: onnxruntime-node computes while JavaScript waits, and long texts take long to
 * tokenise; neither may hold up what else this process answers.
 *
 * @throws what `loadEncoder` throws
 */
export async function startEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<Encoder> {
  const workerData: EncoderWorkerData = { snapshot, options };
  const { facts, ask, dispose } = await loadInThread<EncoderStep, Pick<Encoder, "dimensions">>(
    "encoder-worker",
    import.meta.url,
    workerData,
    snapshot.id,
  );
  return {
    ...facts,
    tokenize: (request) => ask<readonly TokenizedText[]>({ name: "tokenize", request }),
    encode: (texts) => ask<readonly Float32Array[]>({ name: "encode", texts }),
    dispose,
  };
}
