import { EngineError } from "../errors.ts";
import { bertGraph, type BertConfig, type WeightSource } from "./bert.ts";

/** A model's `config.json`. */
export interface ModelConfig extends BertConfig {
  readonly architectures?: readonly string[] | null;
  readonly pad_token_id?: number | null;
}

/** One family of encoders: its graph, and where its tokens stand in the position table. */
export interface Architecture {
  graph(config: ModelConfig, weight: WeightSource): Uint8Array;
  /** The position table's row for each token. */
  positions(ids: Int32Array, padId: number): Int32Array;
  /** Rows of the position table that no token ever has. */
  unusedPositions(padId: number): number;
}

const bert: Architecture = {
  graph: bertGraph,
  positions: (ids) => ids.map((_, index) => index),
  unusedPositions: () => 0,
};

/** As BERT, but positions count from the padding token's id on, and a padding token inside a text is not counted. */
const roberta: Architecture = {
  graph: bertGraph,
  positions(ids, padId) {
    let position = padId;
    return ids.map((id) => (id === padId ? padId : ++position));
  },
  unusedPositions: (padId) => padId + 1,
};

/** By the name in `config.json`; to add one, add its line. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  BertModel: bert,
  BertForMaskedLM: bert,
  RobertaModel: roberta,
  RobertaForMaskedLM: roberta,
  XLMRobertaModel: roberta,
  XLMRobertaForMaskedLM: roberta,
};

/** @throws EngineError `unsupported` if the model is of another architecture. */
export function findArchitecture(config: ModelConfig, model: string): Architecture {
  const name = config.architectures?.[0] ?? "unnamed";
  const architecture = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (architecture !== undefined) return architecture;
  const supported = Object.keys(ARCHITECTURES).join(", ");
  const message = `${model} is of the architecture ${name}, which cannot make embeddings here; supported: ${supported}.`;
  throw new EngineError("unsupported", message);
}
