import { readCharacterMap } from "./precompiled.ts";
import { trimEnd, trimStart } from "./white-space.ts";

/** A step of a normalizer, as `tokenizer.json` has it. */
export interface NormalizerConfig {
  readonly type?: string;
  readonly precompiled_charsmap?: string | null;
  readonly clean_text?: boolean;
  readonly handle_chinese_chars?: boolean;
  readonly strip_accents?: boolean | null;
  readonly lowercase?: boolean;
  readonly strip_left?: boolean;
  readonly strip_right?: boolean;
}

type Normalize = (text: string) => string;

/**
 * The steps that `@huggingface/tokenizers` computes otherwise than the library in Rust: it maps characters by rules of its
 * own instead of the model's map, takes other characters for spaces, and writes a sigma at the end of a word as one.
 *
 * @throws RangeError for a map of characters that is damaged.
 * Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/normalizers
 */
const NORMALIZERS: Readonly<Record<string, (config: NormalizerConfig) => Normalize | undefined>> = {
  Precompiled: ({ precompiled_charsmap: map }) =>
    map == null ? undefined : readCharacterMap(Buffer.from(map, "base64")),
  Lowercase: () => lowercase,
  Strip: strip,
  BertNormalizer: bert,
};

/** Undefined for a step that the library computes rightly. */
export function normalizer(config: NormalizerConfig): Normalize | undefined {
  return NORMALIZERS[config.type ?? ""]?.(config);
}

/** Each character for itself: a sigma is one anywhere. */
function lowercase(text: string): string {
  return text.replaceAll("Σ", "σ").toLowerCase();
}

function strip({ strip_left: left = false, strip_right: right = false }: NormalizerConfig): Normalize {
  return (text) => {
    const rest = left ? trimStart(text) : text;
    return right ? trimEnd(rest) : rest;
  };
}

function bert({ clean_text, handle_chinese_chars, strip_accents, lowercase: lower }: NormalizerConfig): Normalize {
  const steps: Normalize[] = [];
  if (clean_text) steps.push(clean);
  if (handle_chinese_chars) steps.push((text) => text.replace(CHINESE, " $& "));
  if (strip_accents ?? lower) steps.push((text) => text.normalize("NFD").replace(/\p{Mn}/gu, ""));
  if (lower) steps.push(lowercase);
  return (text) => steps.reduce((text, step) => step(text), text);
}

/** Leaves control characters out, and makes every space one of ASCII's. */
function clean(text: string): string {
  return text.replace(/(?![\t\n\r])[\0\ufffd\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, "").replace(/\p{White_Space}/gu, " ");
}

/** Not all of Chinese: these ranges, as BERT has them. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
