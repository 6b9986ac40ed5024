/**
 * The names that llama.cpp gives its quantisations, as they stand in file names: `Q4_K_M`, `IQ4_XS`, `UD-Q4_K_XL`, `BF16`.
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md
 */
const LABEL =
  /(?<![A-Za-z0-9])((?:UD-)?(?:I?Q\d|TQ\d)(?:_(?:\d|K|NL|XXS|XS|S|M|L|XL))*|I2_S|MXFP4(?:_MOE)?|NVFP4|B?F16|FP16|FP?32)(?![A-Za-z0-9])/gi;

/** From the first to the last choice where the client names none: about four bits a weight, then what comes nearest. */
const PREFERENCE: readonly string[] = [
  "Q4_K_M",
  "UD-Q4_K_XL",
  "Q4_K_S",
  "Q4_K_L",
  "IQ4_NL",
  "IQ4_XS",
  "Q4_1",
  "Q4_0",
  "MXFP4",
  "MXFP4_MOE",
  "Q5_K_M",
  "Q5_K_S",
  "Q5_1",
  "Q5_0",
  "Q6_K",
  "Q8_0",
  "Q3_K_L",
  "Q3_K_M",
  "BF16",
  "F16",
  "Q3_K_S",
  "Q2_K",
  "F32",
];

/** A small model answers visibly worse with few bits, and is quick enough with many. */
const SMALL_BYTES = 1e9;

/** `Q8_0` where the model is small, then the order of PREFERENCE; what is not in it comes last. */
export function preference(label: string | undefined, bytes: number): number {
  if (label === "Q8_0" && bytes <= SMALL_BYTES) return -1;
  const place = PREFERENCE.indexOf(label ?? "");
  return place < 0 ? PREFERENCE.length : place;
}

/** The quantisation that a file's path tells, in upper case: the last one in it, so that folders may repeat it. */
export function quantizationOf(path: string): string | undefined {
  const label = [...path.matchAll(LABEL)].at(-1)?.[1]?.toUpperCase();
  return label?.replace(/^FP(?=\d)/, "F");
}

/** Whether a client who asks for `asked` may mean the file: its label, or any whole part of its name. */
export function names(path: string, asked: string): "label" | "part" | undefined {
  const wanted = asked.toUpperCase().replace(/^FP(?=16|32)/, "F");
  if (quantizationOf(path) === wanted) return "label";
  const part = new RegExp(`(?<!\\w)${RegExp.escape(asked)}(?!\\w)`, "i");
  return part.test(path.replace(/\.gguf$/i, "")) ? "part" : undefined;
}
