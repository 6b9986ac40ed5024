import type { Engine } from "../../engine/engine.ts";
import { perSecond } from "./rounds.ts";
import { texts } from "./texts.ts";

export interface EmbeddingFigures {
  /** Texts of 8 words, 32 a call. */
  readonly shortTextsPerS: number;
  /** Texts of 200 words, 32 a call. */
  readonly longTextsPerS: number;
}

const BATCH = 32;

/** Measures an embedding model that is in memory. */
export async function benchEmbeddings(engine: Engine, model: string, signal: AbortSignal): Promise<EmbeddingFigures> {
  const speed = (words: number): Promise<number> => {
    const inputs = texts(BATCH, words);
    return perSecond(BATCH, () => engine.embed(model, { inputs }, signal));
  };
  return { shortTextsPerS: await speed(8), longTextsPerS: await speed(200) };
}
