import { say } from "../../messages/say.ts";
import type { ConvertOptions } from "../convert/converted.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { EmbeddingModel, EmbedRequest, EmbedResult, Snapshot } from "../model.ts";
import { isDecoder } from "./architectures.ts";
import { batches } from "./batches.ts";
import { createCalls } from "./calls.ts";
import { decoderFile, loadDecoder, type DecoderOptions } from "./decoder.ts";
import type { EncoderConfig } from "./encoder-config.ts";
import { startEncoder } from "./encoder-thread.ts";
import type { Encoder, EncoderOptions } from "./encoder.ts";
import { normalize } from "./pooling.ts";

/** More texts at once gain nothing: a few hundred tokens keep the processor busy. */
const BATCH_LIMITS = { maxTexts: 32, maxTokens: 2048 };

export interface EmbedderOptions extends EncoderOptions, DecoderOptions {
  /** What `embedderFile` gave. */
  readonly weights: string | undefined;
}

/**
 * The GGUF file of a language model that makes embeddings, made now unless it is there; undefined for an encoder, which
 * is run from the repository's own weights.
 * @throws what `decoderFile` throws
 */
export async function embedderFile(
  snapshot: Snapshot,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  return (await isLanguageModel(snapshot)) ? decoderFile(snapshot, options, signal) : undefined;
}

/** Whether the vectors are made by llama.cpp; those of an encoder, by ONNX Runtime. */
export async function isLanguageModel(snapshot: Snapshot): Promise<boolean> {
  return isDecoder(await readJson<EncoderConfig>(snapshot, "config.json"));
}

/**
 * Loads a model whose vectors are those of sentence-transformers: an encoder into ONNX Runtime, a language model into
 * llama.cpp. Either is loaded when it is first needed.
 *
 * @throws EngineError `unsupported`, `not_installed`, `corrupt` or `out_of_memory`; the signal's reason.
 */
export async function loadEmbeddingModel(
  snapshot: Snapshot,
  options: EmbedderOptions,
  signal: AbortSignal,
): Promise<EmbeddingModel> {
  const { weights, threads, cacheDirectory } = options;
  const encoder =
    weights === undefined
      ? await startEncoder(snapshot, { threads, cacheDirectory })
      : await loadDecoder(snapshot, weights, options, signal);
  return createEmbeddingModel(encoder, snapshot.id);
}

/** Calls that run at the same time take turns batch by batch, so that memory stays bounded and none waits for all. */
export function createEmbeddingModel(encoder: Encoder, id: string): EmbeddingModel {
  const { turns, run, end } = createCalls(id, encoder.dispose);
  const limits = { ...BATCH_LIMITS, ...(encoder.batchTexts !== undefined && { maxTexts: encoder.batchTexts }) };

  async function embed(request: EmbedRequest, signal: AbortSignal): Promise<EmbedResult> {
    const shorten = shortening(request.dimensions, encoder.dimensions, id);
    const texts = await turns.take(() => encoder.tokenize(request), signal);
    const vectors = new Map<number, Float32Array>();
    const lengths = texts.map((text) => text.ids.length);
    for (const batch of batches(lengths, limits)) {
      const rows = batch.flatMap((index) => texts[index] ?? []);
      const encoded = await turns.take(() => encoder.encode(rows), signal);
      encoded.forEach((vector, row) => vectors.set(batch[row] ?? row, shorten(vector)));
    }
    return {
      vectors: request.inputs.flatMap((_, index) => vectors.get(index) ?? []),
      promptTokens: lengths.reduce((sum, length) => sum + length, 0),
      truncatedInputs: texts.filter((text) => text.truncated).length,
    };
  }

  return {
    dimensions: encoder.dimensions,
    embed: (request, signal) => run(() => embed(request, signal)),
    dispose: end,
  };
}

/**
 * What makes vectors of as many dimensions as asked for: of models that are trained for it, the first ones say most.
 * @throws EngineError `bad_request` for more dimensions than the model has.
 */
function shortening(
  asked: number | undefined,
  dimensions: number,
  model: string,
): (vector: Float32Array) => Float32Array {
  if (asked === undefined || asked === dimensions) return (vector) => vector;
  if (asked < dimensions) return (vector) => normalize(vector.subarray(0, asked));
  const message = say.fewerDimensions(model, dimensions, asked);
  throw new EngineError("bad_request", message, { field: "dimensions" });
}
