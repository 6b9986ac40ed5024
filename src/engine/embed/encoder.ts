import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import { readTensorIndex } from "../formats/weights.ts";
import type { EmbedRequest, Snapshot } from "../model.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import { findArchitecture, type Architecture, type ModelConfig } from "./architectures.ts";
import { createOnnxSession, type OnnxSession } from "./onnx-session.ts";
import { normalize, pool } from "./pooling.ts";
import { readRecipe, type Recipe } from "./recipe.ts";
import { placeSessionFiles } from "./session-files.ts";
import { encoderWeights } from "./weights.ts";

export interface EncoderOptions {
  /** Computing threads. */
  readonly threads: number;
  /** Where graphs and hard links to the weights are kept. */
  readonly cacheDirectory: string;
}

/** A model in memory, one step at a time; whoever uses it orders the steps. */
export interface Encoder {
  readonly dimensions: number;
  /** @throws EngineError `bad_request` for a token id outside the vocabulary. */
  tokenize(inputs: EmbedRequest["inputs"]): Promise<readonly TokenizedText[]>;
  /** One vector a text; all the texts are computed at once, padded to the longest. */
  encode(texts: readonly Int32Array[]): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

export interface TokenizedText {
  /** As the encoder takes them: cut to its limit, special tokens included. */
  readonly ids: Int32Array;
  readonly truncated: boolean;
}

/** What stays the same from text to text. */
interface Model {
  readonly id: string;
  readonly architecture: Architecture;
  readonly tokenizer: Tokenizer;
  readonly recipe: Recipe;
  readonly padId: number;
  readonly vocabularySize: number;
  readonly maxTokens: number;
}

/** Loads a model into this thread, which stands still while it computes. */
export async function loadEncoder(snapshot: Snapshot, options: EncoderOptions): Promise<Encoder> {
  const config = await readJson<ModelConfig>(snapshot, "config.json");
  if (config === undefined) throw new EngineError("unsupported", `${snapshot.id} has no config.json.`);
  const architecture = findArchitecture(config, snapshot.id);
  const recipe = await readRecipe(snapshot);
  const weights = encoderWeights(await readTensorIndex(snapshot), snapshot.id);
  const padId = config.pad_token_id ?? 0;
  const positions = weights.find("embeddings.position_embeddings.weight").shape[0] ?? 0;
  const model: Model = {
    id: snapshot.id,
    architecture,
    recipe,
    padId,
    tokenizer: await loadTokenizer(snapshot),
    vocabularySize: weights.find("embeddings.word_embeddings.weight").shape[0] ?? 0,
    maxTokens: Math.min(recipe.maxTokens, positions - architecture.unusedPositions(padId)),
  };

  const graph = architecture.graph(config, weights.add);
  const graphPath = await placeSessionFiles(options.cacheDirectory, snapshot, graph, weights.files);
  const session = await createOnnxSession(graphPath, options.threads, snapshot.id);
  return {
    dimensions: config.hidden_size * recipe.pooling.length,
    tokenize: async (inputs) => inputs.map((input) => tokenize(model, input)),
    encode: (texts) => encode(model, session, texts),
    dispose: () => session.dispose(),
  };
}

/** The special tokens stay at both ends; what is too long is cut before the last of them. */
function tokenize(model: Model, input: string | readonly number[]): TokenizedText {
  const { before, after } = model.tokenizer.specialTokens;
  const tokens = typeof input === "string" ? textTokens(model, input) : checkedTokens(model, input);
  const room = Math.max(model.maxTokens - before.length - after.length, 0);
  const ids = Int32Array.from([...before, ...tokens.slice(0, room), ...after]);
  return { ids, truncated: tokens.length > room };
}

function textTokens({ tokenizer, recipe }: Model, input: string): readonly number[] {
  const text = recipe.prompt + input;
  return tokenizer.encode(recipe.lowerCase ? text.toLowerCase() : text, { addSpecialTokens: false });
}

function checkedTokens({ id: model, vocabularySize }: Model, ids: readonly number[]): readonly number[] {
  const wrong = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize));
  if (wrong === undefined) return ids;
  const message = `${wrong} is no token id of ${model}: its vocabulary has the ids 0 to ${vocabularySize - 1}.`;
  throw new EngineError("bad_request", message);
}

async function encode(model: Model, session: OnnxSession, texts: readonly Int32Array[]): Promise<Float32Array[]> {
  const width = Math.max(...texts.map((ids) => ids.length));
  const table = (rows: readonly Int32Array[], fill: number) => {
    const values = new Int32Array(rows.length * width).fill(fill);
    for (const [index, row] of rows.entries()) values.set(row, index * width);
    return values;
  };
  const feeds = {
    input_ids: table(texts, model.padId),
    position_ids: table(
      texts.map((ids) => model.architecture.positions(ids, model.padId)),
      0,
    ),
    attention_mask: table(
      texts.map((ids) => ids.map(() => 1)),
      0,
    ),
  };
  const hidden = await session.run(feeds, [texts.length, width]);
  const dim = hidden.length / (texts.length * width);
  return texts.map((ids, index) => {
    const start = index * width * dim;
    const vector = pool(hidden.subarray(start, start + ids.length * dim), dim, model.recipe.pooling);
    return model.recipe.normalize ? normalize(vector) : vector;
  });
}
