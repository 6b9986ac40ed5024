import { workerData } from "node:worker_threads";
import type { EncoderOptions } from "../embed/encoder.ts";
import type { Snapshot } from "../model.ts";
import { serve } from "../thread/serve.ts";
import type { LifeStep } from "../thread/thread.ts";
import { loadCrossEncoder, type CrossEncoder, type Pairs } from "./cross-encoder.ts";
import type { TokenizedPair } from "./pairs.ts";

/** The body of a thread that holds one cross-encoder. */

export interface CrossEncoderWorkerData {
  readonly snapshot: Snapshot;
  readonly options: EncoderOptions;
}

export type CrossEncoderStep =
  | LifeStep
  | { readonly name: "tokenize"; readonly pairs: Pairs }
  | { readonly name: "score"; readonly pairs: readonly TokenizedPair[] };

const { snapshot, options } = workerData as CrossEncoderWorkerData;
let loading: Promise<CrossEncoder> | undefined;

serve(async (message) => {
  const step = message as CrossEncoderStep;
  loading ??= loadCrossEncoder(snapshot, options);
  const model = await loading;
  switch (step.name) {
    case "load":
      return { maxTokens: model.maxTokens, activation: model.activation };
    case "tokenize":
      return model.tokenize(step.pairs);
    case "score":
      return model.score(step.pairs);
    case "dispose":
      await model.dispose();
  }
  return undefined;
});
