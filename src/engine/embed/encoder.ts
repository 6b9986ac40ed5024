import { readTensorIndex } from "../formats/weights.ts";
import type { EmbedRequest, Snapshot } from "../model.ts";
import { findArchitecture, type Architecture } from "./architectures.ts";
import { isFactored, readEncoderConfig, size, type EncoderConfig } from "./encoder-config.ts";
import { encoderInputs } from "./layers.ts";
import { createOnnxSession, type OnnxSession } from "./onnx-session.ts";
import { createGraphWriter } from "./onnx.ts";
import { pool } from "./pooling.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import { placeSessionFiles } from "./session-files.ts";
import { applySteps, dimensionsAfter, loadSteps, type VectorStep } from "./steps.ts";
import { loadTextTokens, type TokenizedText } from "./text-tokens.ts";
import { encoderWeights, type EncoderWeights } from "./weights.ts";

export interface EncoderOptions {
  /** Computing threads. */
  readonly threads: number;
  /** Where graphs and hard links to the weights are kept. */
  readonly cacheDirectory: string;
}

/** A model in memory, one step at a time; whoever uses it orders the steps. */
export interface Encoder {
  readonly dimensions: number;
  /** How many texts are worth computing at once; without it, as many as memory allows. */
  readonly batchTexts?: number;
  /** @throws EngineError `bad_request` for a token id outside the vocabulary, or a prompt that the model does not have. */
  tokenize(request: EmbedRequest): Promise<readonly TokenizedText[]>;
  /** One vector a text; all the texts are computed at once, padded to the longest. */
  encode(texts: readonly TokenizedText[]): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

/** What stays the same from text to text. */
interface Model {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly steps: readonly VectorStep[];
  readonly padId: number;
}

/** Loads a model into this thread, which stands still while it computes. */
export async function loadEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<Encoder> {
  const config = await readEncoderConfig(snapshot);
  const architecture = findArchitecture(config, snapshot.id);
  const recipe = await readRecipe(snapshot);
  const steps = await loadSteps(snapshot, recipe.steps);
  const weights = encoderWeights(await readTensorIndex(snapshot), architecture.tokenTable, snapshot.id);
  const [vocabularySize = 0, embeddingWidth = 0] = weights.find(architecture.tokenTable).shape;
  const width = isFactored(config) ? size(config, "hidden_size") : embeddingWidth;
  const padId = config.pad_token_id ?? 0;
  const maxTokens = Math.min(recipe.maxTokens, architecture.maxTokens(config, padId));
  const tokenize = await loadTextTokens(snapshot, recipe, { vocabularySize, maxTokens });

  const graph = encoderGraph(architecture, config, weights, width);
  const graphPath = await placeSessionFiles(options.cacheDirectory, snapshot, graph, weights.files);
  const session = await createOnnxSession(graphPath, options.threads, snapshot.id);
  const model: Model = { architecture, recipe, steps, padId };
  return {
    dimensions: dimensionsAfter(steps, width * recipe.pooling.length),
    tokenize: async (request) => tokenize(request),
    encode: (texts) => encode(model, session, texts),
    dispose: () => session.dispose(),
  };
}

/** An ONNX file without weights; its output is `last_hidden_state`, float32 `[batch, sequence, width]`. */
function encoderGraph(
  architecture: Architecture,
  config: EncoderConfig,
  weights: EncoderWeights,
  width: number,
): Uint8Array {
  const graph = createGraphWriter("encoder");
  const hidden = architecture.encode(graph, config, weights.add, encoderInputs(graph), weights.has);
  graph.output("last_hidden_state", hidden, ["batch", "sequence", width]);
  return graph.bytes();
}

async function encode(
  { architecture, recipe, steps, padId }: Model,
  session: OnnxSession,
  texts: readonly TokenizedText[],
): Promise<Float32Array[]> {
  const width = Math.max(...texts.map(({ ids }) => ids.length));
  const table = (fill: number, row: (ids: Int32Array) => Int32Array) => {
    const values = new Int32Array(texts.length * width).fill(fill);
    for (const [index, { ids }] of texts.entries()) values.set(row(ids), index * width);
    return values;
  };
  const feeds = {
    input_ids: table(padId, (ids) => ids),
    position_ids: table(0, (ids) => architecture.positions(ids, padId)),
    attention_mask: table(0, (ids) => ids.map(() => 1)),
  };
  const hidden = await session.run(feeds, [texts.length, width]);
  const dim = hidden.length / (texts.length * width);
  return texts.map(({ ids, unpooled }, index) => {
    const start = index * width * dim;
    const vector = pool(hidden.subarray(start, start + ids.length * dim), dim, recipe.pooling, unpooled);
    return applySteps(steps, vector);
  });
}
