import { EngineError } from "../errors.ts";
import type { EmbeddingModel, EmbedRequest, EmbedResult, Snapshot } from "../model.ts";
import { batches } from "./batches.ts";
import { startEncoder } from "./encoder-thread.ts";
import type { Encoder, EncoderOptions } from "./encoder.ts";
import { createTurns } from "./turns.ts";

/** More texts at once gain nothing: a few hundred tokens keep the processor busy. */
const BATCH_LIMITS = { maxTexts: 32, maxTokens: 2048 };
const MAX_CALLS = 256;

/**
 * Loads a sentence-transformers model of the BERT family: its vectors are those of that library.
 * onnxruntime-node is loaded when this is first called.
 *
 * @throws EngineError `unsupported`, `not_installed`, `corrupt` or `out_of_memory`
 */
export async function loadEmbeddingModel(snapshot: Snapshot, options: EncoderOptions): Promise<EmbeddingModel> {
  return createEmbeddingModel(await startEncoder(snapshot, options), snapshot.id);
}

/** Calls that run at the same time take turns batch by batch, so that memory stays bounded and none waits for all. */
export function createEmbeddingModel(encoder: Encoder, id: string): EmbeddingModel {
  const turns = createTurns();
  const running = new Set<Promise<unknown>>();
  let disposal: Promise<void> | undefined;

  async function embed({ inputs }: EmbedRequest, signal: AbortSignal): Promise<EmbedResult> {
    const texts = await turns.take(() => encoder.tokenize(inputs), signal);
    const vectors = new Map<number, Float32Array>();
    const lengths = texts.map((text) => text.ids.length);
    for (const batch of batches(lengths, BATCH_LIMITS)) {
      const rows = batch.flatMap((index) => texts[index]?.ids ?? []);
      const encoded = await turns.take(() => encoder.encode(rows), signal);
      encoded.forEach((vector, row) => vectors.set(batch[row] ?? row, vector));
    }
    return {
      vectors: inputs.flatMap((_, index) => vectors.get(index) ?? []),
      promptTokens: lengths.reduce((sum, length) => sum + length, 0),
      truncatedInputs: texts.filter((text) => text.truncated).length,
    };
  }

  async function dispose(): Promise<void> {
    await Promise.allSettled(running);
    await turns.idle();
    await encoder.dispose();
  }

  return {
    dimensions: encoder.dimensions,
    async embed(request, signal) {
      if (disposal !== undefined) throw new EngineError("busy", `${id} is being unloaded; try again.`);
      if (running.size >= MAX_CALLS) {
        throw new EngineError("busy", `${running.size} calls already wait for ${id}; try again later.`);
      }
      const call = embed(request, signal);
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
      }
    },
    dispose() {
      disposal ??= dispose();
      return disposal;
    },
  };
}
