import type { Engine } from "../../engine/engine.ts";
import { perSecond } from "./rounds.ts";
import { texts } from "./texts.ts";

export interface RerankingFigures {
  /** A question with texts of 60 words, 32 of them a call. */
  readonly pairsPerS: number;
}

const BATCH = 32;

/** Measures a reranker that is in memory. */
export async function benchReranking(engine: Engine, model: string, signal: AbortSignal): Promise<RerankingFigures> {
  const request = { query: "When does the night market open?", documents: texts(BATCH, 60), truncate: true };
  return { pairsPerS: await perSecond(BATCH, () => engine.rerank(model, request, signal)) };
}
