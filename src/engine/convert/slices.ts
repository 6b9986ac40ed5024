import { join } from "node:path";
import { tensorBytes, type TensorType } from "../formats/gguf.ts";
import { SOURCE_BYTES, type SourceType } from "./encode.ts";
import type { PlannedTensor, Rows, Run } from "./tensor-plan.ts";

/** Some rows of a tensor: what is read, changed and written at once. */
export interface Slice {
  /** An absolute path. */
  readonly file: string;
  /** Of the first byte to read. */
  readonly position: number;
  readonly dtype: SourceType;
  readonly rows: number;
  readonly columns: number;
  /** Of the first byte to write. */
  readonly target: number;
  readonly type: TensorType;
  readonly headRows?: number;
  readonly plus?: number;
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
  { file, offset, dtype, rows }: Run,
  { columns, headRows, plus }: Rows,
  type: TensorType,
  start: number,
): readonly Slice[] {
  const unit = headRows ?? 1;
  const step = Math.max(1, Math.floor(SLICE_ELEMENTS / columns / unit)) * unit;
  return Array.from({ length: Math.ceil(rows / step) }, (_, index) => {
    const first = index * step;
    return {
      file: join(directory, file),
      position: offset + first * columns * SOURCE_BYTES[dtype],
      dtype,
      rows: Math.min(step, rows - first),
      columns,
      target: start + tensorBytes(type, first * columns),
      type,
      ...(headRows === undefined ? {} : { headRows }),
      ...(plus === undefined ? {} : { plus }),
    };
  });
}
