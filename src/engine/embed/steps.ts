import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readFloats } from "../formats/floats.ts";
import { readJson } from "../formats/json.ts";
import { readTensorIndex } from "../formats/weights.ts";
import type { Snapshot } from "../model.ts";
import { normalize } from "./pooling.ts";
import type { Step, StepKind } from "./recipe.ts";

/** What is done to one pooled vector. */
export interface VectorStep {
  apply(vector: Float32Array): Float32Array;
  /** The length of its result, where it is another than that of what comes in. */
  readonly dimensions?: number;
}

interface DenseConfig {
  readonly in_features: number;
  readonly out_features: number;
  readonly bias?: boolean;
  /** The path of a class: `torch.nn.modules.activation.Tanh`. */
  readonly activation_function?: string | null;
  readonly module_input_name?: string;
  readonly use_residual?: boolean;
}

const LOADERS: Readonly<Record<StepKind, (snapshot: Snapshot) => Promise<VectorStep>>> = {
  Dense: loadDense,
  LayerNorm: loadLayerNorm,
  Normalize: async () => ({ apply: normalize }),
  Dropout: async () => ({ apply: (vector) => vector }),
};

/** Activations of a Dense module by the name of their class. */
const ACTIVATIONS: Readonly<Record<string, (value: number) => number>> = {
  Identity: (value) => value,
  Tanh: Math.tanh,
  ReLU: (value) => Math.max(value, 0),
  Sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  SiLU: (value) => value / (1 + Math.exp(-value)),
  GELU: (value) => (value / 2) * (1 + erf(value / Math.SQRT2)),
};
/**
 * To seven digits.
 * Source: formula 7.1.26 of Abramowitz and Stegun, https://personal.math.ubc.ca/~cbm/aands/page_299.htm
 */
function erf(value: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(value));
  const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(value) * (1 - sum * Math.exp(-value * value));
}

/** Of PyTorch's `LayerNorm`; not a setting here. */
const EPSILON = 1e-5;

/**
 * The modules that come after the pooling, with their weights.
 * @throws EngineError `unsupported` for a setting that is not computed here, `corrupt` for weights of another shape.
 */
export async function loadSteps(snapshot: Snapshot, steps: readonly Step[]): Promise<readonly VectorStep[]> {
  const loaded: VectorStep[] = [];
  for (const { kind, path } of steps) loaded.push(await LOADERS[kind](subfolder(snapshot, path)));
  return loaded;
}

export function applySteps(steps: readonly VectorStep[], vector: Float32Array): Float32Array {
  return steps.reduce((result, step) => step.apply(result), vector);
}

/** How long vectors are after the steps, if they had so many numbers before. */
export function dimensionsAfter(steps: readonly VectorStep[], dimensions: number): number {
  return steps.findLast((step) => step.dimensions !== undefined)?.dimensions ?? dimensions;
}

/** One folder of a model as a model of its own. */
function subfolder(snapshot: Snapshot, path: string): Snapshot {
  const prefix = `${path}/`;
  const files = snapshot.files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  return { ...snapshot, id: `${snapshot.id}/${path}`, directory: join(snapshot.directory, path), files };
}

/** Source: `Dense` of sentence-transformers. */
async function loadDense(snapshot: Snapshot): Promise<VectorStep> {
  const config = await readJson<DenseConfig>(snapshot, "config.json");
  if (config === undefined) throw new EngineError("corrupt", say.noConfig(snapshot.id));
  const { in_features: inputs, out_features: outputs, bias: hasBias = true } = config;
  const activate = denseActivation(config, snapshot.id);
  const weight = await tensor(snapshot, "linear.weight", outputs * inputs);
  const bias = hasBias ? await tensor(snapshot, "linear.bias", outputs) : new Float32Array(outputs);
  return {
    dimensions: outputs,
    apply: (vector) => bias.map((shift, row) => activate(shift + dot(weight, row * inputs, vector))),
  };
}

function denseActivation(config: DenseConfig, id: string): (value: number) => number {
  const { activation_function: path, module_input_name: input = "sentence_embedding", use_residual } = config;
  if (input !== "sentence_embedding") throw unsupported(id, "module_input_name", input, "sentence_embedding");
  if (use_residual === true) throw unsupported(id, "use_residual", "true", "false");
  const name = path === undefined ? "Tanh" : (path?.split(".").at(-1) ?? "Identity");
  const activate = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
  if (activate !== undefined) return activate;
  throw unsupported(id, "activation_function", name, Object.keys(ACTIVATIONS).join(", "));
}

/** Source: `LayerNorm` of sentence-transformers. */
async function loadLayerNorm(snapshot: Snapshot): Promise<VectorStep> {
  const { dimension } = (await readJson<{ dimension?: number }>(snapshot, "config.json")) ?? {};
  const weight = await tensor(snapshot, "norm.weight", dimension);
  const bias = await tensor(snapshot, "norm.bias", dimension);
  return {
    apply(vector) {
      const mean = average(vector);
      const deviation = Math.sqrt(average(vector.map((value) => (value - mean) ** 2)) + EPSILON);
      return vector.map((value, index) => ((value - mean) / deviation) * (weight[index] ?? 1) + (bias[index] ?? 0));
    },
  };
}

/** @throws EngineError `corrupt` unless it is there with so many numbers. */
async function tensor(snapshot: Snapshot, name: string, length: number | undefined): Promise<Float32Array> {
  const location = (await readTensorIndex(snapshot)).get(name);
  const floats = location === undefined ? undefined : await readFloats(snapshot, location);
  if (floats !== undefined && floats.length === length) return floats;
  throw new EngineError("corrupt", say.tensorLength(snapshot.id, name, floats?.length ?? 0, length));
}

/** Of a vector and the row of a matrix that begins at `start`. */
function dot(matrix: Float32Array, start: number, vector: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += matrix[start + index]! * vector[index]!;
  return sum;
}

function average(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function unsupported(id: string, field: string, value: string, supported: string): EngineError {
  return new EngineError("unsupported", say.setting(id, field, JSON.stringify(value), supported));
}
