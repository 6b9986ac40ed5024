import { readEncoderConfig, type EncoderConfig } from "../embed/encoder-config.ts";
import type { EncoderOptions } from "../embed/encoder.ts";
import { encoderInputs } from "../embed/layers.ts";
import { createGraphWriter } from "../embed/onnx.ts";
import { createOnnxSession, type OnnxSession } from "../embed/onnx-session.ts";
import { placeSessionFiles } from "../embed/session-files.ts";
import { encoderWeights } from "../embed/weights.ts";
import type { TensorIndex } from "../formats/tensors.ts";
import { readTensorIndex } from "../formats/weights.ts";
import type { Snapshot } from "../model.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import { findCrossEncoder, requireOneLabel, type CrossEncoderArchitecture } from "./architectures.ts";
import { pairTokenizer, type TokenizedPair } from "./pairs.ts";
import { readRerankRecipe, type RerankRecipe } from "./recipe.ts";

/** What is to be tokenised: one query with each of the documents. */
export interface Pairs {
  readonly query: string;
  readonly documents: readonly string[];
  /** More of a document is not read. */
  readonly maxDocumentTokens?: number;
}

/** A model in memory, one step at a time; whoever uses it orders the steps. */
export interface CrossEncoder {
  readonly maxTokens: number;
  /** What sentence-transformers makes of a logit. */
  readonly activation: RerankRecipe["activation"];
  tokenize(pairs: Pairs): Promise<readonly TokenizedPair[]>;
  /** One logit a pair; all the pairs are computed at once, padded to the longest. */
  score(pairs: readonly TokenizedPair[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Loads a model into this thread, which stands still while it computes. */
export async function loadCrossEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<CrossEncoder> {
  const config = await readEncoderConfig(snapshot);
  const architecture = findCrossEncoder(config, snapshot.id);
  const recipe = await readRerankRecipe(snapshot);
  const index = await readTensorIndex(snapshot);
  requireOneLabel(index.get(architecture.classifier)?.shape[0] ?? 0, snapshot.id);

  const tokenize = pairTokenizer(await loadTokenizer(snapshot));
  const padId = config.pad_token_id ?? 0;
  const maxTokens = Math.min(recipe.maxTokens, architecture.encoder.maxTokens(config, padId));
  const { graph, files } = crossEncoderGraph(config, architecture, index, snapshot.id);
  const graphPath = await placeSessionFiles(options.cacheDirectory, snapshot, graph, files);
  const session = await createOnnxSession(graphPath, options.threads, snapshot.id);
  return {
    maxTokens,
    activation: recipe.activation,
    tokenize: async ({ query, documents, maxDocumentTokens }) =>
      tokenize(query, documents, { maxTokens, ...(maxDocumentTokens !== undefined && { maxDocumentTokens }) }),
    score: (pairs) => score(session, architecture, padId, pairs),
    dispose: () => session.dispose(),
  };
}

/**
 * The encoder and its head as an ONNX file without weights.
 *
 * Inputs: those of `encoderInputs`. Output: `logits`, float32 `[batch, 1]`.
 */
function crossEncoderGraph(
  config: EncoderConfig,
  { encoder, head, classifier, hasTokenTypes }: CrossEncoderArchitecture,
  index: TensorIndex,
  model: string,
): { readonly graph: Uint8Array; readonly files: readonly string[] } {
  const encoderTensors = encoderWeights(index, encoder.tokenTable, model);
  const headTensors = encoderWeights(index, classifier, model);
  const graph = createGraphWriter("cross-encoder");
  const inputs = encoderInputs(graph, hasTokenTypes);
  const hidden = encoder.encode(graph, config, encoderTensors.add, inputs, encoderTensors.has);
  const logits = head(graph, config, { encoder: encoderTensors.add, head: headTensors.add }, hidden, inputs);
  graph.output("logits", logits, ["batch", 1]);
  return { graph: graph.bytes(), files: encoderTensors.files };
}

async function score(
  session: OnnxSession,
  { encoder, hasTokenTypes }: CrossEncoderArchitecture,
  padId: number,
  pairs: readonly TokenizedPair[],
): Promise<Float32Array> {
  const width = Math.max(...pairs.map(({ ids }) => ids.length));
  const table = (rowOf: (pair: TokenizedPair) => Int32Array, fill: number): Int32Array => {
    const values = new Int32Array(pairs.length * width).fill(fill);
    for (const [index, pair] of pairs.entries()) values.set(rowOf(pair), index * width);
    return values;
  };
  const feeds = {
    input_ids: table(({ ids }) => ids, padId),
    position_ids: table(({ ids }) => encoder.positions(ids, padId), 0),
    attention_mask: table(({ ids }) => ids.map(() => 1), 0),
    ...(hasTokenTypes && { token_type_ids: table(tokenTypes, 0) }),
  };
  return session.run(feeds, [pairs.length, width]);
}

function tokenTypes({ ids, firstTokens }: TokenizedPair): Int32Array {
  return ids.map((_, at) => (at < firstTokens ? 0 : 1));
}
