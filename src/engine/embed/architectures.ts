import { say } from "../../messages/say.ts";
import { EMBEDDER_ARCHITECTURES } from "../convert/architectures/index.ts";
import { EngineError } from "../errors.ts";
import { albert } from "./albert.ts";
import { bert } from "./bert.ts";
import { deberta } from "./deberta.ts";
import { distilBert } from "./distilbert.ts";
import { size, type EncoderConfig } from "./encoder-config.ts";
import { euroBert } from "./eurobert.ts";
import { gte } from "./gte.ts";
import { jinaBert } from "./jina-bert.ts";
import type { EncoderInputs, WeightSource } from "./layers.ts";
import { modernBert } from "./modernbert.ts";
import { mpnet } from "./mpnet.ts";
import { nomicBert } from "./nomic-bert.ts";
import type { GraphWriter, Value } from "./onnx.ts";
import { t5 } from "./t5.ts";

/** One family of encoders: its graph, and where its tokens stand. */
export interface Architecture {
  /**
   * Adds the encoder to a graph, and gives the last hidden states: float32 `[batch, sequence, hidden]`.
   * @param has whether the model has a tensor, for families whose files are not all alike.
   */
  encode(
    graph: GraphWriter,
    config: EncoderConfig,
    weight: WeightSource,
    inputs: EncoderInputs,
    has: (tensor: string) => boolean,
  ): Value;
  /** The tensor of the token embeddings, `[vocabulary, hidden]`; all names are told from it. */
  readonly tokenTable: string;
  /** The position table's row for each token. */
  positions(ids: Int32Array, padId: number): Int32Array;
  /** How many tokens a text may have. */
  maxTokens(config: EncoderConfig, padId: number): number;
}

const counted: Omit<Architecture, "encode"> = {
  tokenTable: "embeddings.word_embeddings.weight",
  positions: (ids) => ids.map((_, index) => index),
  maxTokens: (config) => size(config, "max_position_embeddings"),
};

/** Positions count from the padding token's id on, and a padding token inside a text is not counted. */
const countedFromPad: Omit<Architecture, "encode"> = {
  ...counted,
  positions(ids, padId) {
    let position = padId;
    return ids.map((id) => (id === padId ? padId : ++position));
  },
  maxTokens: (config, padId) => size(config, "max_position_embeddings") - padId - 1,
};

const BERT: Architecture = { ...counted, encode: bert };
const ALBERT: Architecture = { ...counted, encode: albert };
const ROBERTA: Architecture = { ...countedFromPad, encode: bert };
const DISTILBERT: Architecture = { ...counted, encode: distilBert };
/** Counts from 1 on, whichever token its padding is. Source: `MPNetEmbeddings` of Hugging Face Transformers */
const MPNET: Architecture = {
  ...countedFromPad,
  positions: (ids) => countedFromPad.positions(ids, 1),
  maxTokens: (config) => countedFromPad.maxTokens(config, 1),
  encode: mpnet,
};
const NOMIC_BERT: Architecture = {
  ...counted,
  encode: nomicBert,
  // Longer texts need rotations that are scaled, which is not done here.
  maxTokens: (config) =>
    config.rotary_scaling_factor == null
      ? size(config, "n_positions", "max_position_embeddings")
      : (config.max_trained_positions ?? 2048),
};
const MODERNBERT: Architecture = {
  ...counted,
  encode: modernBert,
  tokenTable: "embeddings.tok_embeddings.weight",
};

const GTE: Architecture = { ...counted, encode: gte };
const JINA_BERT: Architecture = { ...counted, encode: jinaBert };
const EUROBERT: Architecture = { ...counted, encode: euroBert, tokenTable: "embed_tokens.weight" };
const DEBERTA: Architecture = { ...counted, encode: deberta };
const T5: Architecture = {
  ...counted,
  encode: t5,
  tokenTable: "shared.weight",
  // Any length can be read: what the model was trained for stands in its other files.
  maxTokens: (config) => config.n_positions ?? 512,
};

/** By the name in `config.json`; to add one, add its line. */
const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  BertModel: BERT,
  BertForMaskedLM: BERT,
  ElectraModel: BERT,
  AlbertModel: ALBERT,
  AlbertForMaskedLM: ALBERT,
  RobertaModel: ROBERTA,
  RobertaForMaskedLM: ROBERTA,
  XLMRobertaModel: ROBERTA,
  XLMRobertaForMaskedLM: ROBERTA,
  CamembertModel: ROBERTA,
  CamembertForMaskedLM: ROBERTA,
  DistilBertModel: DISTILBERT,
  DistilBertForMaskedLM: DISTILBERT,
  MPNetModel: MPNET,
  MPNetForMaskedLM: MPNET,
  NomicBertModel: NOMIC_BERT,
  GteModel: GTE,
  NewModel: GTE, // the same, in the repositories of its makers
  NewForMaskedLM: GTE,
  NewForTokenClassification: GTE,
  JinaBertModel: JINA_BERT,
  JinaBertForMaskedLM: JINA_BERT,
  ModernBertModel: MODERNBERT,
  ModernBertForMaskedLM: MODERNBERT,
  EuroBertModel: EUROBERT,
  EuroBertForMaskedLM: EUROBERT,
  DebertaV2Model: DEBERTA,
  DebertaV2ForMaskedLM: DEBERTA,
  T5EncoderModel: T5,
};

/** What can make embeddings: encoders, then language models. */
export const EMBEDDING_ARCHITECTURES: readonly string[] = [...Object.keys(ARCHITECTURES), ...EMBEDDER_ARCHITECTURES];

/** Whether the model is a language model that makes embeddings, and no encoder. */
export function isDecoder(config: EncoderConfig | undefined): boolean {
  return EMBEDDER_ARCHITECTURES.includes(config?.architectures?.[0] ?? "");
}

/** @throws EngineError `unsupported` if the model is of another architecture. */
export function findArchitecture(config: EncoderConfig, model: string): Architecture {
  const name = config.architectures?.[0] ?? "unnamed";
  const architecture = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (architecture !== undefined) return architecture;
  const supported = EMBEDDING_ARCHITECTURES.join(", ");
  throw new EngineError("unsupported", say.cannotEmbed(model, name, supported));
}
