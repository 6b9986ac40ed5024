import { workerData } from "node:worker_threads";
import type { EmbedRequest, Snapshot } from "../model.ts";
import { serve } from "../thread/serve.ts";
import type { LifeStep } from "../thread/thread.ts";
import { loadEncoder, type Encoder, type EncoderOptions } from "./encoder.ts";
import type { TokenizedText } from "./text-tokens.ts";

/** The body of a thread that holds one encoder. */

export interface EncoderWorkerData {
  readonly snapshot: Snapshot;
  readonly options: EncoderOptions;
}

export type EncoderStep =
  | LifeStep
  | { readonly name: "tokenize"; readonly request: EmbedRequest }
  | { readonly name: "encode"; readonly texts: readonly TokenizedText[] };

const { snapshot, options } = workerData as EncoderWorkerData;
let loading: Promise<Encoder> | undefined;

serve(async (message) => {
  const step = message as EncoderStep;
  loading ??= loadEncoder(snapshot, options);
  const encoder = await loading;
  switch (step.name) {
    case "load":
      return { dimensions: encoder.dimensions };
    case "tokenize":
      return encoder.tokenize(step.request);
    case "encode":
      return encoder.encode(step.texts);
    case "dispose":
      await encoder.dispose();
  }
  return undefined;
});
