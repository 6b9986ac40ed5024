import type { LlamaModelOptions } from "node-llama-cpp";
import type { GgufMetadata } from "../formats/gguf-metadata.ts";

/**
 * The two ways in which a model with "longrope", such as Phi-3, rotates its keys: short texts with one set of factors, long
 * ones with another. The model's maker chooses by the length of the text, llama.cpp by that of the context: so short texts
 * need short contexts, long texts long ones.
 */
export interface LongRope {
  /** The room of a sequence for the longest short text; the last place of a sequence stays free. */
  readonly shortRoom: number;
  /** The least context in which llama.cpp takes the long factors. */
  readonly longContext: number;
  /** Tells llama.cpp the length of context up to which it takes the short ones. */
  readonly overrides: NonNullable<LlamaModelOptions["metadataOverrides"]>;
}

/** llama.cpp makes each sequence's context a multiple of this, longer than is asked for. */
const CONTEXT_STEP = 256;

/** @returns undefined for a model that has one way only. */
export function readLongRope({ values, tensors }: GgufMetadata): LongRope | undefined {
  const architecture = String(values.get("general.architecture"));
  const shortTokens = values.get(`${architecture}.rope.scaling.original_context_length`);
  if (!tensors.has("rope_factors_long.weight") || typeof shortTokens !== "number") return undefined;
  const shortRoom = shortTokens + 1;
  const shortContext = Math.ceil(shortRoom / CONTEXT_STEP) * CONTEXT_STEP;
  return {
    shortRoom,
    longContext: shortContext + CONTEXT_STEP,
    overrides: { [architecture]: { rope: { scaling: { original_context_length: shortContext } } } },
  };
}
