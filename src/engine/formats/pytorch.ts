import type { FileHandle } from "node:fs/promises";
import { say, type Wording } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readOldPytorch, type Span } from "./old-pytorch.ts";
import { refused, unpickle, type PickleHost } from "./pickle.ts";
import { readAt } from "./read-at.ts";
import type { TensorIndex, TensorLocation } from "./tensors.ts";
import { readZip, type ZipEntry } from "./zip.ts";

/** A run of numbers of one type in the file; tensors are views of it. */
interface Storage extends Span {
  readonly kind: "storage";
  readonly dtype: ElementType;
}

/** A storage type, as the pickle names it. */
interface ElementType {
  readonly name: string;
  readonly bytes: number;
}

/** A pickle can make arrays, Maps and plain values only: what has a `kind` was made here. */
interface Tensor extends Omit<TensorLocation, "file"> {
  readonly kind: "tensor";
}

const STORAGE_TYPES: Readonly<Record<string, ElementType>> = {
  "torch.FloatStorage": { name: "F32", bytes: 4 },
  "torch.HalfStorage": { name: "F16", bytes: 2 },
  "torch.BFloat16Storage": { name: "BF16", bytes: 2 },
  "torch.DoubleStorage": { name: "F64", bytes: 8 },
  "torch.LongStorage": { name: "I64", bytes: 8 },
  "torch.IntStorage": { name: "I32", bytes: 4 },
  "torch.ShortStorage": { name: "I16", bytes: 2 },
  "torch.CharStorage": { name: "I8", bytes: 1 },
  "torch.ByteStorage": { name: "U8", bytes: 1 },
  "torch.BoolStorage": { name: "BOOL", bytes: 1 },
};
const MAX_PICKLE_BYTES = 100_000_000;

/**
 * Finds the tensors of a file that `torch.save` wrote: an uncompressed zip archive with a pickle that describes the
 * tensors and one entry for the numbers of each, or what PyTorch wrote before 1.6. Of the pickle nothing but tensors is
 * taken, and nothing of it is run.
 *
 * @throws EngineError `unsupported` for what is no such file or holds more than tensors, `corrupt` for a damaged one.
 * Source: https://github.com/pytorch/pytorch/blob/main/torch/serialization.py
 */
export async function readPytorch(handle: FileHandle, file: string, model: string): Promise<TensorIndex> {
  const what = `${file} of ${model}`;
  const entries = await readZip(handle);
  if (entries === undefined) return readOld(handle, file, what);
  const name = [...entries.keys()].find((name) => name === "data.pkl" || name.endsWith("/data.pkl"));
  const entry = entries.get(name ?? "");
  if (name === undefined || entry === undefined)
    throw damaged(what, { en: "it has no data.pkl", "zh-TW": "其中沒有 data.pkl" });
  const { byteLength } = entry;
  if (byteLength > MAX_PICKLE_BYTES)
    throw damaged(what, {
      en: `its data.pkl has ${byteLength} bytes`,
      "zh-TW": `其中的 data.pkl 有 ${byteLength} 位元組`,
    });

  const folder = name.slice(0, -"data.pkl".length);
  const byteOrder = entries.get(`${folder}byteorder`);
  if (byteOrder !== undefined && (await readText(handle, byteOrder)) !== "little")
    throw new EngineError("unsupported", say.bigEndian(what));

  const pickle = await readAt(handle, entry.offset, byteLength);
  const find = (key: string): ZipEntry => {
    const storage = entries.get(`${folder}data/${key}`);
    if (storage === undefined) throw damaged(what, { en: `it has no data/${key}`, "zh-TW": `其中沒有 data/${key}` });
    return storage;
  };
  const state = unpickle(pickle ?? Buffer.alloc(0), torchHost(find, what), what);
  return tensorsOf(state, file, what);
}

/** Files of before PyTorch 1.6. */
async function readOld(handle: FileHandle, file: string, what: string): Promise<TensorIndex> {
  const { size } = await handle.stat();
  const old = await readOldPytorch(handle, what, (spans) => {
    const byteLengths = new Map<string, number>();
    const find = (key: string, byteLength: number): Span => {
      if (!Number.isSafeInteger(byteLength) || byteLength < 0)
        throw damaged(what, { en: `its storage ${key} has no length`, "zh-TW": `其中的 storage ${key} 沒有長度` });
      byteLengths.set(key, byteLength);
      const span = spans.get(key) ?? { offset: 0, byteLength };
      if (span.offset + byteLength > size) throw damaged(what, ENDS_EARLY);
      return span;
    };
    return { ...torchHost(find, what), byteLengths };
  });
  if (old === undefined) throw await notReadable(handle, what);
  return tensorsOf(old.state, file, what);
}

/**
 * What a state dict may name: see `torch/_weights_only_unpickler.py`, of which this is the part for tensors.
 * @param find where the storage of that key is.
 */
function torchHost(find: (key: string, byteLength: number) => Span, what: string): PickleHost {
  const globals: Readonly<Record<string, unknown>> = {
    "collections.OrderedDict": (...items: unknown[]) => {
      if (items.length > 0)
        throw refused(what, { en: "an OrderedDict with arguments", "zh-TW": "帶有引數的 OrderedDict" });
      return new Map();
    },
    "torch._utils._rebuild_tensor_v2": (...args: unknown[]) => rebuildTensor(args, what),
    "torch._utils._rebuild_parameter": (data: unknown) => data,
    ...STORAGE_TYPES,
  };
  return {
    global(name) {
      if (Object.hasOwn(globals, name)) return globals[name];
      throw refused(what, { en: name, "zh-TW": ` ${name}` });
    },
    persistent(id) {
      // ("storage", type, key, device, number of elements)
      const [kind, type, key, , elements] = Array.isArray(id) ? (id as readonly unknown[]) : [];
      const dtype = Object.values(STORAGE_TYPES).find((each) => each === type);
      if (kind !== "storage" || dtype === undefined)
        throw refused(what, { en: "a reference to what is no storage", "zh-TW": "不指向 storage 的參照" });
      return { kind: "storage", dtype, ...find(String(key), Number(elements) * dtype.bytes) } satisfies Storage;
    },
  };
}

/** `(storage, offset, size, stride, …)`, offset and stride counted in elements. */
function rebuildTensor([storage, start, shape, strides]: readonly unknown[], what: string): Tensor {
  if (!isStorage(storage) || !isSize(start) || !isSizes(shape) || !isSizes(strides)) {
    throw damaged(what, { en: "a tensor is described wrongly", "zh-TW": "對張量的描述有誤" });
  }
  if (!isContiguous(shape, strides)) {
    throw new EngineError("unsupported", say.tensorNotInRows(what, shape.join("×")));
  }
  const { dtype, offset, byteLength: room } = storage;
  const byteLength = shape.reduce((product, size) => product * size, 1) * dtype.bytes;
  if (start * dtype.bytes + byteLength > room) throw damaged(what, ENDS_EARLY);
  return { kind: "tensor", dtype: dtype.name, shape, offset: offset + start * dtype.bytes, byteLength };
}

function isStorage(value: unknown): value is Storage {
  return hasKind(value, "storage");
}

function isTensor(value: unknown): value is Tensor {
  return hasKind(value, "tensor");
}

function hasKind(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isSize);
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (const [index, size] of [...shape.entries()].toReversed()) {
    if (size !== 1 && strides[index] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Entries that are no tensors, such as a count of training steps, are left out. */
function tensorsOf(state: unknown, file: string, what: string): TensorIndex {
  const entries = state instanceof Map ? [...(state as ReadonlyMap<unknown, unknown>)] : [];
  const tensors = entries.flatMap(([name, value]): [string, TensorLocation][] => {
    if (!isTensor(value)) return [];
    const { kind: _, ...location } = value;
    return [[String(name), { file, ...location }]];
  });
  if (tensors.length === 0) throw new EngineError("unsupported", say.noStateDict(what));
  return new Map(tensors);
}

async function readText(handle: FileHandle, { offset, byteLength }: ZipEntry): Promise<string> {
  return (await readAt(handle, offset, Math.min(byteLength, 64)))?.toString("utf8").trim() ?? "";
}

/** The oldest files are a tar archive. */
async function notReadable(handle: FileHandle, what: string): Promise<EngineError> {
  const start = await readAt(handle, 0, 4);
  if (start?.toString("latin1").startsWith("PK") === true)
    return damaged(what, { en: "its zip archive is cut or compressed", "zh-TW": "其 zip 檔不完整或經過壓縮" });
  return new EngineError("unsupported", say.noTorchFile(what));
}

const ENDS_EARLY: Wording = { en: "it ends before its last numbers", "zh-TW": "它在最後的數值之前就結束了" };

function damaged(what: string, why: Wording): EngineError {
  return new EngineError("corrupt", say.fileBrokenBecause(what, why));
}
