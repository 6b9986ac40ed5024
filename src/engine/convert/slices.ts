import { join } from "node:path";
import { tensorBytes, type TensorType } from "../formats/gguf.ts";
import type { Scales } from "../formats/tensors.ts";
import { SOURCE_BYTES, type SourceType } from "./encode.ts";
import type { Fp8 } from "./fp8.ts";
import { mxfp4ScaleBytes } from "./mxfp4.ts";
import type { Change, PlannedTensor, Rows, Run } from "./tensor-plan.ts";

/** Some rows of a tensor: what is read, changed and written at once. */
export interface Slice {
  /** An absolute path. */
  readonly file: string;
  /** Of the first byte to read. */
  readonly position: number;
  /** Of a matrix that is transposed: bytes from one number of a row to its next. */
  readonly stride?: number;
  readonly dtype: SourceType;
  /** Of MXFP4; the path is absolute, and the offset that of the first byte to read. */
  readonly scales?: Scales;
  /** Of FP8; the path of the scales is absolute. */
  readonly fp8?: Fp8;
  /** To be written. */
  readonly rows: number;
  readonly columns: number;
  /** Of the first byte to write. */
  readonly target: number;
  readonly type: TensorType;
  readonly change: Change;
}

/** So many numbers at most, where a row is not longer: it bounds the memory of a thread. */
const SLICE_ELEMENTS = 1 << 20;

/** @param position where the tensor begins in the file to be made. */
export function slices(directory: string, { content, type }: PlannedTensor, position: number): readonly Slice[] {
  if (!("runs" in content)) return [];
  const rowBytes = tensorBytes(type, content.columns);
  let target = position;
  return content.runs.flatMap((run) => {
    const start = target;
    target += run.rows * rowBytes;
    return runSlices(directory, run, content, type, start);
  });
}

function runSlices(
  directory: string,
  { file, offset, dtype, rows, stride, scales, fp8, times }: Run,
  { columns, change }: Rows,
  type: TensorType,
  start: number,
): readonly Slice[] {
  const { headRows: unit = 1, turn } = change;
  const turns = turn === undefined ? 1 : 2;
  const elementBytes = SOURCE_BYTES[dtype];
  const step = Math.max(1, Math.floor(SLICE_ELEMENTS / columns / unit)) * unit;
  return Array.from({ length: Math.ceil(rows / step) }, (_, index) => {
    const first = index * step;
    const elements = first * turns * (stride === undefined ? columns : 1);
    return {
      file: join(directory, file),
      position: offset + elements * elementBytes,
      ...(stride !== undefined && { stride }),
      ...(scales && {
        scales: { file: join(directory, scales.file), offset: scales.offset + mxfp4ScaleBytes(elements) },
      }),
      ...(fp8 && { fp8: { ...fp8, scales: { ...fp8.scales, file: join(directory, fp8.scales.file) } } }),
      dtype,
      rows: Math.min(step, rows - first),
      columns,
      target: start + tensorBytes(type, first * columns),
      type,
      change: times === undefined ? change : { ...change, times },
    };
  });
}
