import { normalizer, type NormalizerConfig } from "./normalizers.ts";
import type { PostProcess } from "./surroundings.ts";
import type { UnigramModel } from "./unigram.ts";

/** The parts of `Tokenizer` in `@huggingface/tokenizers` that are used; its own types do not resolve. */
export interface LibraryTokenizer {
  readonly normalizer: Normalizer | null;
  readonly model: Model;
  readonly post_processor: { readonly post_process: PostProcess } | null;
}

interface Normalizer {
  readonly config: NormalizerConfig;
  /** Of a sequence. */
  readonly normalizers?: readonly (Normalizer | null)[];
  normalize: (text: string) => string;
}

/** What parts words into tokens; a Unigram model is computed by its parts. */
interface Model extends UnigramModel {
  /** What the vocabulary does not have stays as text, joined where the model wants it so. */
  readonly _call: (words: readonly string[]) => readonly string[];
}

/**
 * Puts right what `@huggingface/tokenizers` computes otherwise than the library in Rust. Can go when it does.
 *
 * @throws RangeError for a map of characters that is damaged.
 */
export function correct({ normalizer: whole }: LibraryTokenizer): void {
  for (const step of steps(whole)) step.normalize = normalizer(step.config) ?? step.normalize;
}

function steps(normalizer: Normalizer | null): readonly Normalizer[] {
  if (normalizer === null) return [];
  return normalizer.normalizers === undefined ? [normalizer] : normalizer.normalizers.flatMap(steps);
}
