import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { TensorIndex, TensorLocation } from "../formats/tensors.ts";
import type { RowPart, WeightSource } from "./layers.ts";
import { WEIGHT_TYPES, type ExternalTensor, type WeightType } from "./onnx.ts";
import { linkedName } from "./session-files.ts";

/** The tensors of the encoder proper, by their names without what the model puts before them (`bert.`, `roberta.`). */
export interface EncoderWeights {
  find(name: string): TensorLocation;
  has(name: string): boolean;
  /** Puts a tensor into a graph. */
  readonly add: WeightSource;
  /** All the files that hold them, as in `Snapshot.files`. */
  readonly files: readonly string[];
}

/**
 * @param anchor a tensor that every model of the architecture has; what stands before it stands before all.
 * @throws EngineError `corrupt` for a tensor that is missing, `unsupported` for one of a type that no graph takes.
 */
export function encoderWeights(index: TensorIndex, anchor: string, model: string): EncoderWeights {
  const prefix = [...index.keys()].find((name) => name.endsWith(anchor))?.slice(0, -anchor.length) ?? "";
  const find = (name: string) => {
    // The oldest checkpoints have TensorFlow's names for the two parts of a LayerNorm.
    const older = name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
    const tensor = index.get(prefix + name) ?? index.get(prefix + older);
    if (tensor !== undefined) return tensor;
    throw new EngineError("corrupt", say.noTensor(model, prefix + name));
  };
  return {
    find,
    has: (name) => index.has(prefix + name),
    add: (graph, name, part) =>
      part === undefined
        ? graph.weight(externalTensor(name, find(name), model))
        : graph.weight(externalTensor(`${name} ${part.index}`, rowsOf(find(name), part), model)),
    files: [...new Set([...index.values()].map((tensor) => tensor.file))],
  };
}

function rowsOf(tensor: TensorLocation, { index, of }: RowPart): TensorLocation {
  const [rows = 0, ...others] = tensor.shape;
  const byteLength = tensor.byteLength / of;
  return { ...tensor, shape: [rows / of, ...others], offset: tensor.offset + index * byteLength, byteLength };
}

function externalTensor(name: string, tensor: TensorLocation, model: string): ExternalTensor {
  const { dtype, shape, offset, byteLength } = tensor;
  if (!isWeightType(dtype)) {
    const supported = Object.keys(WEIGHT_TYPES).join(", ");
    throw new EngineError("unsupported", say.weightType(`${model} (${name})`, dtype, supported));
  }
  return { name, dtype, shape, file: linkedName(tensor.file), offset, byteLength };
}

function isWeightType(dtype: string): dtype is WeightType {
  return Object.hasOwn(WEIGHT_TYPES, dtype);
}
