import assert from "node:assert/strict";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { EngineError } from "../errors.ts";
import { OLD_START, oldTorchFile, op, torchFile, zip, type TorchTensor } from "./fixtures/torch-file.ts";
import { readPytorch } from "./pytorch.ts";
import type { TensorIndex } from "./tensors.ts";

const folder = await mkdtemp(join(tmpdir(), "omniport-pytorch-"));
after(() => rm(folder, { recursive: true }));
const FILE = "pytorch_model.bin";

const tensor: TorchTensor = { type: "FloatStorage", shape: [2, 3], elements: 6, data: Buffer.alloc(24, 1) };
const half: TorchTensor = { type: "HalfStorage", shape: [3], elements: 8, start: 5, data: Buffer.alloc(16, 2) };

async function read(bytes: Buffer): Promise<TensorIndex> {
  await writeFile(join(folder, FILE), bytes);
  await using handle = await open(join(folder, FILE));
  return await readPytorch(handle, FILE, "a/b");
}

function pickled(...parts: readonly Buffer[]): Buffer {
  return zip({ "archive/data.pkl": Buffer.concat([op.proto, ...parts]), "archive/data/0": Buffer.alloc(64) });
}

function fails(code: EngineError["code"], message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}

for (const zip64 of [false, true]) {
  test(`tensors are found with their type, shape and place${zip64 ? ", in a file of zip64" : ""}`, async () => {
    const bytes = torchFile({ weight: tensor, bias: half }, { zip64 });
    const tensors = await read(bytes);
    const { offset, ...weight } = tensors.get("weight")!;
    const { offset: biasOffset, ...bias } = tensors.get("bias")!;
    assert.deepEqual(weight, { file: FILE, dtype: "F32", shape: [2, 3], byteLength: 24 });
    assert.deepEqual(bias, { file: FILE, dtype: "F16", shape: [3], byteLength: 6 });
    assert.deepEqual(bytes.subarray(offset, offset + 24), tensor.data);
    assert.equal(bytes[biasOffset], 2);
  });
}

test("what is no tensor is left out, and a file without any is no state dict", async () => {
  const entries = [op.raw("}("), op.text("step"), op.int(7), op.raw("u"), op.stop];
  await assert.rejects(read(pickled(...entries)), fails("unsupported", /no state dict/));
});

/** Pickles that would run something, or make something of another kind. */
const POISONED: Readonly<Record<string, readonly [parts: readonly Buffer[], found: RegExp]>> = {
  "os.system": [[op.global("os", "system"), op.text("true"), op.raw("\x85R")], /os\.system/],
  "builtins.eval": [[op.global("builtins", "eval"), op.text("1"), op.raw("\x85R")], /builtins\.eval/],
  "__builtin__.eval of Python 2": [[op.global("__builtin__", "eval")], /__builtin__\.eval/],
  "getattr on what is allowed": [[op.global("builtins", "getattr"), op.global("torch", "FloatStorage")], /getattr/],
  "a global by way of the stack": [[op.text("posix"), op.text("system"), op.raw("\x93")], /posix\.system/],
  "a dotted name inside of torch": [
    [op.text("torch"), op.text("serialization.os.system"), op.raw("\x93")],
    /os\.system/,
  ],
  "torch.load": [[op.global("torch", "load")], /torch\.load/],
  "a name of Object's own": [[op.global("__proto__", "constructor"), op.raw(")R")], /__proto__/],
  "a name that every object has": [[op.text(""), op.text("toString"), op.raw("\x93")], /toString/],
  "the opcode INST": [[op.raw("(ios\nsystem\n")], /opcode 0x69/],
  "the opcode OBJ": [[op.raw("("), op.global("torch", "FloatStorage"), op.raw("o")], /opcode 0x6f/],
  "the opcode NEWOBJ": [[op.global("collections", "OrderedDict"), op.raw(")\x81")], /opcode 0x81/],
  "the opcode EXT1": [[op.raw("\x82\x01")], /opcode 0x82/],
  "an OrderedDict made of a list": [[op.global("collections", "OrderedDict"), op.raw("]\x85R")], /OrderedDict with/],
  "a reference that is no storage": [[op.text("file"), op.raw("\x85Q")], /no storage/],
};

for (const [what, [parts, found]] of Object.entries(POISONED)) {
  test(`${what} is refused by its name`, async () => {
    const error = fails("unsupported", found);
    await assert.rejects(
      read(pickled(...parts, op.stop)),
      (thrown) => error(thrown) && /Nothing of it was run/.test(String(thrown)),
    );
  });
}

/** Pickles that are wrong, but want nothing bad. */
const BROKEN: Readonly<Record<string, readonly Buffer[]>> = {
  "ends in the midst of a value": [op.raw("X\xff\x00\x00\x00ab")],
  "has no end": [op.raw("N")],
  "takes from an empty stack": [op.raw("R")],
  "goes back to no mark": [op.raw("t")],
  "recalls what it never kept": [op.raw("h\x05"), op.stop],
  "appends to a number": [op.int(1), op.int(2), op.raw("a"), op.stop],
  "sets an item of a text": [op.text("a"), op.int(1), op.int(2), op.raw("s"), op.stop],
  "calls a text": [op.text("a"), op.raw(")R"), op.stop],
  "calls a storage type": [op.global("torch", "FloatStorage"), op.raw(")R"), op.stop],
  "has a number of 100 bytes": [op.raw(`\x8a\x64${"\x01".repeat(100)}`), op.stop],
  "makes a tensor of nothing": [op.global("torch._utils", "_rebuild_tensor_v2"), op.raw(")R"), op.stop],
};

for (const [what, parts] of Object.entries(BROKEN)) {
  test(`a pickle that ${what} is told to be damaged`, async () => {
    await assert.rejects(read(pickled(...parts)), fails("corrupt", /pytorch_model\.bin of a\/b is damaged/));
  });
}

test("a tensor beyond its storage, or of a negative size, is told to be damaged", async () => {
  for (const change of [{ shape: [4, 3] }, { start: 1 }, { shape: [-2, -3] }]) {
    await assert.rejects(read(torchFile({ weight: { ...tensor, ...change } })), fails("corrupt", /is damaged/));
  }
});

test("a tensor that is not laid out row by row is not supported", async () => {
  const transposed = { ...tensor, strides: [1, 2] };
  await assert.rejects(read(torchFile({ weight: transposed })), fails("unsupported", /2×3.*row by row/));
});

test("a file that was cut anywhere is refused, never read wrongly", async () => {
  const whole = torchFile({ weight: tensor }, { zip64: true });
  for (let length = 0; length < whole.length; length++) {
    await assert.rejects(read(whole.subarray(0, length)), EngineError, `${length} of ${whole.length} bytes`);
  }
});

test("what PyTorch wrote before 1.6 is read as what it writes since", async () => {
  const other = { ...tensor, data: Buffer.alloc(24, 3) };
  const file = oldTorchFile({ first: tensor, second: other });
  const [first, second] = [...(await read(file)).values()];
  assert.deepEqual(first && file.subarray(first.offset, first.offset + first.byteLength), tensor.data);
  assert.deepEqual(second && file.subarray(second.offset, second.offset + second.byteLength), other.data);
  assert.deepEqual(second?.shape, tensor.shape);
  for (const length of [OLD_START.length, 60, file.length - 1]) {
    await assert.rejects(read(file.subarray(0, length)), fails("corrupt", /damaged/));
  }
  const endless = oldTorchFile({ first: { ...tensor, elements: -1 } });
  await assert.rejects(read(endless), fails("corrupt", /damaged/));
});

test("compressed and foreign files are refused with a message that says so", async () => {
  await assert.rejects(read(torchFile({ weight: tensor }, { method: 8 })), fails("corrupt", /cut or compressed/));
  await assert.rejects(read(Buffer.from("ustar archive")), fails("unsupported", /neither a zip archive nor pickles/));
  await assert.rejects(read(zip({ "archive/x": Buffer.alloc(4) })), fails("corrupt", /no data\.pkl/));
  const bigEndian = { "archive/data.pkl": Buffer.alloc(1), "archive/byteorder": Buffer.from("big") };
  await assert.rejects(read(zip(bigEndian)), fails("unsupported", /big-endian/));
});
