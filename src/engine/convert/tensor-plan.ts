import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { isStack, TENSOR_TYPES, type TensorType } from "../formats/gguf.ts";
import type { Scales, TensorIndex, TensorLocation } from "../formats/tensors.ts";
import type { Architecture, Place, Span } from "./architecture.ts";
import type { ModelConfig } from "./model-config.ts";
import { SOURCE_BYTES, type SourceType } from "./encode.ts";
import { type Fp8, type Fp8Tensor, joinFp8 } from "./fp8.ts";
import { joinMxfp4 } from "./mxfp4.ts";
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
  readonly change: Change;
}

/** What becomes of rows on their way into the file; nothing without any of it. */
export interface Change {
  /** See `Architecture.interleavesHeads`: how many rows one head has. */
  readonly headRows?: number | undefined;
  /** See `Place.columns`. */
  readonly columns?: readonly Span[] | undefined;
  /** Whether each row is scaled to length 1. */
  readonly isUnit?: boolean;
  /** See `Place.isLogDecay`. */
  readonly isLogDecay?: boolean | undefined;
  /** See `Place.turn`: in the repository there are twice as many rows. */
  readonly turn?: 0 | 1 | undefined;
  /** What every number is multiplied with, and what is added then. */
  readonly times?: number | undefined;
  readonly plus?: number | undefined;
}

/** Rows that lie one after the other in a file of the repository. */
export interface Run {
  readonly file: string;
  readonly offset: number;
  readonly dtype: SourceType;
  readonly rows: number;
  /** Of rows that are columns in the repository: bytes from one number of a row to its next. */
  readonly stride?: number;
  /** Of MXFP4. */
  readonly scales?: Scales | undefined;
  /** Of FP8: the matrix that the rows are from. */
  readonly fp8?: Fp8 | undefined;
  /** See `Span.times`. */
  readonly times?: number | undefined;
}

interface Piece extends Target {
  readonly tensor: Fp8Tensor;
}

/** Small, and wanted exactly: what chooses the experts, and what llama.cpp folds and scans with. */
const EXACT =
  /^position_embd\.|\.ffn_gate_inp(?:_shexp)?\.|_norm\.|\.ssm_(?:conv1d\.|[ad]$)|\.shortconv\.conv\.|_exps\.bias$/;
const AS_IT_IS: Partial<Place> = {};
/** Norms of the states between layers and of heads, not of what a layer of another kind than attention keeps. */
const STATE_NORM = /(?<!\.ssm)_norm\.weight$/;
/** Coarse steps in these are heard in every token. */
const DELICATE = /^(?:token_embd|output)\.weight$/;

/** @throws EngineError `unsupported` for tensors that cannot be converted. */
export function planTensors(
  index: TensorIndex,
  config: ModelConfig,
  architecture: Architecture,
  quantization: Quantization,
): readonly PlannedTensor[] {
  const { weight_block_size: block = [128, 128] } = config;
  const pieces = [...joinFp8(joinMxfp4(index), block)].flatMap(([name, tensor]) =>
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
  const { place = AS_IT_IS } = first;
  const isVector = first.tensor.shape.length === 1;
  const headRows = architecture.interleavesHeads === true && /\.attn_[qk]\./.test(name) ? config.head_dim : undefined;
  // A bias whose numbers change places is a column of them.
  const areRows = headRows !== undefined || place.rows !== undefined || first.part !== undefined;
  const isColumn = (isVector && areRows) || (place.turn !== undefined && name.endsWith(".bias"));
  const areLayersTransposed = architecture.transposedLayers === true && name.startsWith("blk.");
  const transposed = !isVector && (areLayersTransposed || place.isTransposed === true);
  const blocks = transposed ? blocksOf(first, config) : [];
  const columns = isColumn ? 1 : (blocks[0]?.count ?? first.tensor.shape.at(-1) ?? 1);
  const runs = pieces.flatMap((piece) => {
    const each = transposed ? columnRuns(piece, blocks, config) : runsOf(piece, columns, config);
    if (!each.every((run) => isOf(piece, run, columns))) throw uneven(name, config);
    return each.map((run) => ({ ...run, fp8: piece.tensor.fp8 }));
  });
  const shape = place.shape?.(first.tensor.shape, config) ?? shapeOf(first, pieces.length, runs, columns);
  const plus = architecture.normsFromOne === true && STATE_NORM.test(name) ? 1 : undefined;
  return {
    name,
    shape,
    type: tensorType(name, shape, first.tensor, quantization),
    content: {
      columns,
      runs,
      change: {
        headRows,
        times: architecture.times?.(config)[name.replace(/^blk\.\d+\./, "")],
        plus,
        turn: place.turn,
        columns: place.columns?.(config),
        isUnit: architecture.unitOutput === true && name === "output.weight",
        isLogDecay: place.isLogDecay,
      },
    },
  };
}

/** Of the whole target: as the source, but for stacks of experts' matrices and halves of rows. */
function shapeOf(first: Piece, pieces: number, runs: readonly Run[], columns: number): readonly number[] {
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  if (first.tensor.shape.length === 1) return [rows * columns];
  const matrices = first.expert === undefined ? first.tensor.shape.at(-3) : pieces;
  // A convolution of each channel by itself has a row for each; in the repository, a matrix of one row.
  return matrices === undefined || matrices === rows ? [rows, columns] : [matrices, rows / matrices, columns];
}

function hasShapeOf({ tensor }: Piece, { tensor: { shape, dtype } }: Piece): boolean {
  return tensor.dtype === dtype && tensor.shape.join() === shape.join();
}

/** Whether these are whole rows, none of them beyond the tensor: else its shape is not the one that the settings tell of. */
function isOf({ tensor }: Piece, { offset, rows, dtype, stride }: Run, columns: number): boolean {
  const bytes = SOURCE_BYTES[dtype];
  const end = offset + (stride === undefined ? rows * columns * bytes : (columns - 1) * stride + rows * bytes);
  return Number.isInteger(rows) && offset >= tensor.offset && end <= tensor.offset + tensor.byteLength;
}

/** All rows of a tensor; or of each of its matrices the part that is meant. */
function runsOf({ tensor, part, place }: Piece, columns: number, config: ModelConfig): readonly Run[] {
  const { file, shape, offset, byteLength, scales } = tensor;
  const dtype = sourceType(tensor, config);
  const rowBytes = columns * SOURCE_BYTES[dtype];
  const rows = byteLength / rowBytes;
  const spans = place?.rows?.(config);
  if (spans !== undefined)
    return spans.map(({ from, count, times }) => ({
      file,
      offset: offset + from * rowBytes,
      dtype,
      rows: count,
      times,
    }));
  if (part === undefined) {
    const taken = place?.turn === undefined ? rows : rows / 2;
    return [{ file, offset, dtype, rows: taken, scales }];
  }
  const groups = (shape.at(-3) ?? 1) * part.groups;
  const sectionRows = rows / groups / part.sections;
  return Array.from({ length: groups }, (_, index) => {
    const start = (index * part.sections + part.from) * sectionRows;
    return { file, offset: offset + start * rowBytes, dtype, rows: part.count * sectionRows };
  });
}

/** Rows of the repository that are transposed together: those that a family names, or those of each matrix. */
function blocksOf({ tensor: { shape }, place }: Piece, config: ModelConfig): readonly Span[] {
  const count = shape.at(-2) ?? 1;
  const each = Array.from({ length: shape.at(-3) ?? 1 }, (_, index) => ({ from: index * count, count }));
  return place?.blocks?.(config) ?? each;
}

function columnRuns({ tensor, place }: Piece, blocks: readonly Span[], config: ModelConfig): readonly Run[] {
  const { file, shape, offset } = tensor;
  const dtype = sourceType(tensor, config);
  const width = shape.at(-1) ?? 1;
  const elementBytes = SOURCE_BYTES[dtype];
  const rows = place?.rows?.(config) ?? [{ from: 0, count: place?.turn === undefined ? width : width / 2 }];
  return blocks.flatMap((block) =>
    rows.map(({ from, count }) => {
      const start = block.from * width + from;
      return { file, offset: offset + start * elementBytes, dtype, rows: count, stride: width * elementBytes };
    }),
  );
}

function sourceType({ dtype }: TensorLocation, config: ModelConfig): SourceType {
  if (Object.hasOwn(SOURCE_BYTES, dtype)) return dtype as SourceType;
  const supported = Object.keys(SOURCE_BYTES).join(", ");
  throw new EngineError("unsupported", say.weightType(config.id, dtype, supported));
}

/**
 * What a tensor is stored as; where a row is no whole number of blocks, in 16 bits. So is one of a single block: llama.cpp
 * reads beyond it on Intel's matrix unit. Of stacks see `requireSingleMatrices`.
 */
function tensorType(
  name: string,
  shape: readonly number[],
  { dtype }: TensorLocation,
  quantization: Quantization,
): TensorType {
  if (shape.length === 1 || EXACT.test(name) || isStack(name, shape)) return "F32";
  const type = matrixType(quantization, dtype);
  const finer = type === "Q4_0" && DELICATE.test(name) ? "Q8_0" : type;
  const blocks = (shape.at(-1) ?? 1) / TENSOR_TYPES[finer].blockElements;
  const isTooShort = blocks === 1 && (finer === "Q8_0" || finer === "Q4_0");
  return Number.isInteger(blocks) && !isTooShort ? finer : "F16";
}

function uneven(name: string, config: ModelConfig): EngineError {
  return new EngineError("corrupt", say.tensorsUneven(config.id, name));
}
