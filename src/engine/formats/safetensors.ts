import type { FileHandle } from "node:fs/promises";
import { say, type Wording } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readAt } from "./read-at.ts";
import type { TensorIndex, TensorLocation } from "./tensors.ts";

/** The header's `{"name": {"dtype": …, "shape": […], "data_offsets": [begin, end]}}`, offsets counted from its end. */
type Header = Readonly<Record<string, HeaderEntry>>;

interface HeaderEntry {
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data_offsets?: readonly number[];
}

const LENGTH_BYTES = 8;
/** The limit of the format's own library. */
const MAX_HEADER_BYTES = 100_000_000;
const DTYPE_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

/**
 * Finds the tensors of a safetensors file.
 *
 * @throws EngineError `corrupt` if the header does not fit the file.
 * Source: https://huggingface.co/docs/safetensors/index#format
 */
export async function readSafetensors(handle: FileHandle, file: string, model: string): Promise<TensorIndex> {
  const { size } = await handle.stat();
  const lengthField = await readAt(handle, 0, LENGTH_BYTES);
  const headerBytes = Number(lengthField?.readBigUInt64LE() ?? 0);
  const start = LENGTH_BYTES + headerBytes;
  if (headerBytes === 0 || headerBytes > MAX_HEADER_BYTES || start > size) {
    throw corrupt(file, model, {
      en: `its header would have ${headerBytes} of ${size} bytes`,
      "zh-TW": `它的標頭會有 ${headerBytes} 位元組，而檔案只有 ${size} 位元組`,
    });
  }
  const header = parseHeader(await readAt(handle, LENGTH_BYTES, headerBytes), file, model);
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(
    entries.map(([name, entry]) => {
      const location = locate(entry, file, start);
      if (location === undefined || location.offset + location.byteLength > size) {
        throw corrupt(file, model, {
          en: `it ends before its tensor ${name} does, or describes it wrongly`,
          "zh-TW": `它在張量 ${name} 之前就結束了，或對這個張量的描述有誤`,
        });
      }
      return [name, location];
    }),
  );
}

function parseHeader(bytes: Buffer | undefined, file: string, model: string): Header {
  try {
    return JSON.parse(bytes?.toString("utf8") ?? "") as Header;
  } catch (cause) {
    throw corrupt(file, model, { en: "its header is not JSON", "zh-TW": "它的標頭不是 JSON" }, cause);
  }
}

/** Undefined for an entry that lacks something or contradicts itself. */
function locate(
  { dtype, shape, data_offsets: [begin = -1, end = -1] = [] }: HeaderEntry,
  file: string,
  start: number,
): TensorLocation | undefined {
  if (dtype === undefined || shape === undefined || begin < 0 || end < begin) return undefined;
  const byteLength = end - begin;
  const elements = shape.reduce((product, size) => product * size, 1);
  const elementBytes = DTYPE_BYTES[dtype];
  if (elementBytes !== undefined && byteLength !== elements * elementBytes) return undefined;
  return { file, dtype, shape, offset: start + begin, byteLength };
}

function corrupt(file: string, model: string, why: Wording, cause?: unknown): EngineError {
  return new EngineError("corrupt", say.fileBrokenBecause(`${file} of ${model}`, why), { cause });
}
