/** Where one tensor's numbers lie: row-major, little-endian, without gaps. */
export interface TensorLocation {
  /** As in `Snapshot.files`. */
  readonly file: string;
  /** The names of safetensors: `F32`, `F16`, `BF16`, `I64` … */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the first byte, from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
  /** Of numbers that share scales: where these lie, one byte each. */
  readonly scales?: Scales;
}

export interface Scales {
  readonly file: string;
  readonly offset: number;
}

/** Tensors by name. */
export type TensorIndex = ReadonlyMap<string, TensorLocation>;
