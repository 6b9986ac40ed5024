import type { TensorType } from "../formats/gguf.ts";

/** How the weights of a converted model are kept: in as many bits as in the repository, or all alike. */
export type Quantization = "native" | "F16" | "BF16" | "Q8_0" | "Q4_0";

export const QUANTIZATIONS: readonly Quantization[] = ["native", "F16", "BF16", "Q8_0", "Q4_0"];

/** Smaller models answer visibly worse with fewer bits, and are quick enough with all. */
const SMALL_BYTES = 5e8;

/** What a client means by the suffix of a model's name; undefined for one that is not made here. */
export function parseQuantization(asked: string): Quantization | undefined {
  const name = asked.toUpperCase().replace(/^FP(?=16)/, "F");
  return QUANTIZATIONS.find((each) => each.toUpperCase() === name);
}

/** Where nobody asked for one. */
export function defaultQuantization(weightBytes: number): Quantization {
  return weightBytes <= SMALL_BYTES ? "native" : "Q8_0";
}

/**
 * A matrix's type in the file. What has four bits already stays as it is. bfloat16 becomes float16, which holds the same
 * numbers: with bfloat16, llama.cpp cuts what it multiplies them with to 8 digits as well, and most processors are slow at
 * it.
 */
export function matrixType(quantization: Quantization, dtype: string): TensorType {
  if (dtype === "MXFP4") return "MXFP4";
  if (quantization !== "native") return quantization;
  return dtype === "F16" || dtype === "BF16" || dtype === "F8_E4M3" ? "F16" : "F32";
}
