import { EngineError } from "../errors.ts";
import { TENSOR_TYPES, type TensorType } from "../formats/gguf.ts";
import type { TensorIndex, TensorLocation } from "../formats/tensors.ts";
import type { Architecture } from "./architecture.ts";
import type { ModelConfig } from "./model-config.ts";
import { SOURCE_BYTES, type SourceType } from "./encode.ts";
import { matrixType, type Quantization } from "./quantization.ts";
import { targets, type Target } from "./tensor-names.ts";

/** A tensor of the file to be made: numbers that we have, or rows of the repository's tensors, one run after the other. */
export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly content: { readonly values: readonly number[] } | Rows;
}

export interface Rows {
  readonly columns: number;
  readonly runs: readonly Run[];
  /** See `Architecture.interleavesHeads`: how many rows one head has. */
  readonly headRows?: number;
  /** Added to every number. */
  readonly plus?: number;
}

/** Rows that lie one after the other in a file of the repository. */
export interface Run {
  readonly file: string;
  readonly offset: number;
  readonly dtype: SourceType;
  readonly rows: number;
}

interface Piece extends Target {
  readonly tensor: TensorLocation;
}

/** Small, and wanted exactly: what chooses the experts. */
const EXACT = /\.ffn_gate_inp(?:_shexp)?\.|_norm\./;
/** Coarse steps in these are heard in every token. */
const DELICATE = /^(?:token_embd|output)\.weight$/;

/** @throws EngineError `unsupported` for tensors that cannot be converted. */
export function planTensors(
  index: TensorIndex,
  config: ModelConfig,
  architecture: Architecture,
  quantization: Quantization,
): readonly PlannedTensor[] {
  const pieces = [...index].flatMap(([name, tensor]) =>
    targets(name, architecture, config).map((target): Piece => ({ ...target, tensor })),
  );
  const byTarget = Map.groupBy(tieOutput(pieces, config, architecture), (piece) => piece.name);
  return [...byTarget].map(([name, pieces]) => planTensor(name, pieces, config, architecture, quantization));
}

/** An output matrix that is the embedding is left out where llama.cpp can do without, and put in where it cannot. */
function tieOutput(pieces: readonly Piece[], config: ModelConfig, architecture: Architecture): readonly Piece[] {
  const isOutput = (piece: Piece): boolean => piece.name === "output.weight";
  const tied = architecture.tied === true || config.tie_word_embeddings === true || !pieces.some(isOutput);
  if (!tied) return pieces;
  const others = pieces.filter((piece) => !isOutput(piece));
  if (architecture.needsOutput !== true) return others;
  const embedding = others.filter((piece) => piece.name === "token_embd.weight");
  return [...others, ...embedding.map((piece) => ({ ...piece, name: "output.weight" }))];
}

function planTensor(
  name: string,
  unordered: readonly Piece[],
  config: ModelConfig,
  architecture: Architecture,
  quantization: Quantization,
): PlannedTensor {
  const pieces = unordered.toSorted((a, b) => (a.expert ?? 0) - (b.expert ?? 0));
  const [first] = pieces;
  if (first === undefined || pieces.some((piece) => !hasShapeOf(piece, first))) throw uneven(name, config);
  const isVector = first.tensor.shape.length === 1;
  const headRows = architecture.interleavesHeads === true && /\.attn_[qk]\./.test(name) ? config.head_dim : undefined;
  // A bias whose numbers change places is a column of them.
  const columns = isVector && headRows !== undefined ? 1 : (first.tensor.shape.at(-1) ?? 1);
  const runs = pieces.flatMap((piece) => runsOf(piece, columns, config));
  const shape = shapeOf(first, pieces.length, runs, columns);
  const plus = architecture.normsFromOne === true && name.endsWith("_norm.weight") ? 1 : undefined;
  return {
    name,
    shape,
    type: tensorType(name, shape, first.tensor, quantization),
    content: {
      columns,
      runs,
      ...(headRows === undefined ? {} : { headRows }),
      ...(plus === undefined ? {} : { plus }),
    },
  };
}

/** Of the whole target: as the source, but for stacks of experts' matrices and halves of rows. */
function shapeOf(first: Piece, pieces: number, runs: readonly Run[], columns: number): readonly number[] {
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  if (first.tensor.shape.length === 1) return [rows * columns];
  const matrices = first.expert === undefined ? first.tensor.shape.at(-3) : pieces;
  return matrices === undefined ? [rows, columns] : [matrices, rows / matrices, columns];
}

function hasShapeOf({ tensor }: Piece, { tensor: { shape, dtype } }: Piece): boolean {
  return tensor.dtype === dtype && tensor.shape.join() === shape.join();
}

/** All rows of a tensor; or of each of its matrices the part that is meant. */
function runsOf({ tensor, part }: Piece, columns: number, config: ModelConfig): readonly Run[] {
  const { file, shape, offset, byteLength } = tensor;
  const dtype = sourceType(tensor, config);
  const rowBytes = columns * SOURCE_BYTES[dtype];
  const rows = byteLength / rowBytes;
  if (part === undefined) return [{ file, offset, dtype, rows }];
  const groups = (shape.at(-3) ?? 1) * part.groups;
  const sectionRows = rows / groups / part.sections;
  return Array.from({ length: groups }, (_, index) => {
    const start = (index * part.sections + part.from) * sectionRows;
    return { file, offset: offset + start * rowBytes, dtype, rows: part.count * sectionRows };
  });
}

function sourceType({ dtype }: TensorLocation, config: ModelConfig): SourceType {
  if (Object.hasOwn(SOURCE_BYTES, dtype)) return dtype as SourceType;
  const supported = Object.keys(SOURCE_BYTES).join(", ");
  const message = `${config.id} has weights of type ${dtype}, which cannot be converted; supported: ${supported}.`;
  throw new EngineError("unsupported", message);
}

/** What a tensor is stored as; where a row is no whole number of blocks, in 16 bits. */
function tensorType(
  name: string,
  shape: readonly number[],
  { dtype }: TensorLocation,
  quantization: Quantization,
): TensorType {
  if (shape.length === 1 || EXACT.test(name)) return "F32";
  const type = matrixType(quantization, dtype);
  const finer = type === "Q4_0" && DELICATE.test(name) ? "Q8_0" : type;
  return (shape.at(-1) ?? 1) % TENSOR_TYPES[finer].blockElements === 0 ? finer : "F16";
}

function uneven(name: string, config: ModelConfig): EngineError {
  return new EngineError("corrupt", `The tensors of ${config.id} for ${name} differ in shape or type.`);
}
