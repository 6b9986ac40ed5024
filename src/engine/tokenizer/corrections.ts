import { readCharacterMap, type CharacterMap } from "./precompiled.ts";
import type { TokenizerJson } from "./tokenizer-json.ts";

/** The parts of `Tokenizer` in `@huggingface/tokenizers` that are put right. */
export interface Correctable {
  readonly normalizer: Normalizer | null;
  readonly model: Model;
}

interface Normalizer {
  readonly config: { readonly type?: string; readonly precompiled_charsmap?: string | null };
  /** Of a sequence. */
  readonly normalizers?: readonly (Normalizer | null)[];
  normalize: CharacterMap;
}

interface Model {
  readonly tokens_to_ids: ReadonlyMap<string, number>;
  /** Words to tokens; what the vocabulary does not have stays as text. */
  encode: (words: readonly string[]) => readonly string[];
}

/**
 * Puts right what `@huggingface/tokenizers` computes otherwise than the library in Rust: it maps characters by rules of
 * its own instead of the model's map, and a Unigram model writes nothing byte by byte. Can go when it does.
 *
 * @throws RangeError for a map of characters that is damaged.
 */
export function correct({ normalizer, model }: Correctable, { model: { type, byte_fallback } }: TokenizerJson): void {
  for (const step of steps(normalizer)) {
    const { type, precompiled_charsmap: map } = step.config;
    if (type === "Precompiled" && map != null) step.normalize = readCharacterMap(Buffer.from(map, "base64"));
  }
  if (type === "Unigram" && byte_fallback === true) fallBackToBytes(model);
}

function steps(normalizer: Normalizer | null): readonly Normalizer[] {
  if (normalizer === null) return [];
  return normalizer.normalizers === undefined ? [normalizer] : normalizer.normalizers.flatMap(steps);
}

function fallBackToBytes(model: Model): void {
  const encode = model.encode.bind(model);
  model.encode = (words) =>
    encode(words).flatMap((token) => {
      if (model.tokens_to_ids.has(token)) return [token];
      const bytes = Array.from(Buffer.from(token), bytePiece);
      return bytes.every((piece) => model.tokens_to_ids.has(piece)) ? bytes : [token];
    });
}

/** `<0x0A>` */
function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
