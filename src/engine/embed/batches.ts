/** What one batch may hold, so that its memory stays bounded. */
export interface BatchLimits {
  readonly maxTexts: number;
  /** Padding included. A text that is longer alone is a batch alone. */
  readonly maxTokens: number;
}

/**
 * Groups texts of like length, the longest first, so that little is padded and too little memory shows at once.
 *
 * @param lengths in tokens
 * @returns the texts' indices, batch by batch
 */
export function batches(lengths: readonly number[], limits: BatchLimits): number[][] {
  const longestFirst = lengths.map((length, index) => ({ length, index })).toSorted((a, b) => b.length - a.length);
  const all: number[][] = [];
  let capacity = 0;
  for (const { length, index } of longestFirst) {
    const batch = all.at(-1);
    if (batch !== undefined && batch.length < capacity) {
      batch.push(index);
    } else {
      all.push([index]);
      capacity = Math.min(limits.maxTexts, Math.floor(limits.maxTokens / Math.max(length, 1)));
    }
  }
  return all;
}
