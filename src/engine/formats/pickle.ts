import { say, type Wording } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";

/**
 * Decides what a pickle may name. Nothing is ever imported or called but what it gives.
 */
export interface PickleHost {
  /**
   * What `module.name` stands for: a value, or a function that makes one of the pickle's arguments.
   * @throws EngineError for what is not allowed.
   */
  global(name: string): unknown;
  /** What an object that lies outside of the pickle stands for. */
  persistent(id: unknown): unknown;
}

interface Machine {
  readonly bytes: Buffer;
  readonly host: PickleHost;
  readonly stack: unknown[];
  /** Heights of the stack, to which `popMark` goes back. */
  readonly marks: number[];
  readonly memo: Map<number, unknown>;
  /** Of the next byte to read. */
  position: number;
}

const STOP = 0x2e;

/** What each opcode does; the names are those of Python's `pickletools`. */
const OPERATIONS: Readonly<Record<number, (machine: Machine) => void>> = {
  0x80: (machine) => void take(machine, 1), // PROTO
  0x95: (machine) => void take(machine, 8), // FRAME
  0x28: ({ stack, marks }) => void marks.push(stack.length), // MARK
  0x30: (machine) => void pop(machine), // POP
  0x4e: ({ stack }) => void stack.push(null), // NONE
  0x88: ({ stack }) => void stack.push(true), // NEWTRUE
  0x89: ({ stack }) => void stack.push(false), // NEWFALSE
  0x4b: (machine) => void machine.stack.push(take(machine, 1).readUInt8()), // BININT1
  0x4d: (machine) => void machine.stack.push(take(machine, 2).readUInt16LE()), // BININT2
  0x4a: (machine) => void machine.stack.push(take(machine, 4).readInt32LE()), // BININT
  0x8a: (machine) => void machine.stack.push(readLong(take(machine, takeByte(machine)))), // LONG1
  0x47: (machine) => void machine.stack.push(take(machine, 8).readDoubleBE()), // BINFLOAT
  0x8c: (machine) => void machine.stack.push(take(machine, takeByte(machine)).toString("utf8")), // SHORT_BINUNICODE
  0x58: (machine) => void machine.stack.push(take(machine, takeUint32(machine)).toString("utf8")), // BINUNICODE
  0x29: ({ stack }) => void stack.push([]), // EMPTY_TUPLE
  0x85: (machine) => void machine.stack.push([pop(machine)]), // TUPLE1
  0x86: (machine) => void machine.stack.push([pop(machine), pop(machine)].toReversed()), // TUPLE2
  0x87: (machine) => void machine.stack.push([pop(machine), pop(machine), pop(machine)].toReversed()), // TUPLE3
  0x74: (machine) => void machine.stack.push(popMark(machine)), // TUPLE
  0x5d: ({ stack }) => void stack.push([]), // EMPTY_LIST
  0x61: (machine) => append(machine, [pop(machine)]), // APPEND
  0x65: (machine) => append(machine, popMark(machine)), // APPENDS
  0x7d: ({ stack }) => void stack.push(new Map()), // EMPTY_DICT
  0x73: (machine) => setItems(machine, [pop(machine), pop(machine)].toReversed()), // SETITEM
  0x75: (machine) => setItems(machine, popMark(machine)), // SETITEMS
  0x71: (machine) => memoize(machine, takeByte(machine)), // BINPUT
  0x72: (machine) => memoize(machine, takeUint32(machine)), // LONG_BINPUT
  0x94: (machine) => memoize(machine, machine.memo.size), // MEMOIZE
  0x68: (machine) => recall(machine, takeByte(machine)), // BINGET
  0x6a: (machine) => recall(machine, takeUint32(machine)), // LONG_BINGET
  0x63: (machine) => pushGlobal(machine, takeLine(machine), takeLine(machine)), // GLOBAL
  0x93: pushStackGlobal, // STACK_GLOBAL
  0x51: (machine) => void machine.stack.push(machine.host.persistent(pop(machine))), // BINPERSID
  0x52: reduce, // REDUCE
  0x62: (machine) => void pop(machine), // BUILD: attributes of an object, such as `_metadata` of a state dict
};

/**
 * Reads a pickle that holds nothing but numbers, texts, tuples and lists (both as arrays), dicts (as Maps), and what the
 * host allows. All else is refused, and no code of the pickle's choice runs.
 *
 * @param what the file's name, for messages.
 * @throws EngineError `unsupported` for anything that is not allowed, `corrupt` where the pickle is broken.
 * Source: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function unpickle(bytes: Buffer, host: PickleHost, what: string): unknown {
  return unpickleAt(bytes, 0, host, what).value;
}

/** The same for one of several pickles that stand one after the other; `end` is where the next one begins. */
export function unpickleAt(
  bytes: Buffer,
  start: number,
  host: PickleHost,
  what: string,
): { readonly value: unknown; readonly end: number } {
  const machine: Machine = { bytes, host, stack: [], marks: [], memo: new Map(), position: start };
  try {
    for (;;) {
      const opcode = takeByte(machine);
      if (opcode === STOP) return { value: pop(machine), end: machine.position };
      const operation = OPERATIONS[opcode];
      if (operation === undefined) {
        const code = `0x${opcode.toString(16)}`;
        throw refused(what, { en: `the opcode ${code}`, "zh-TW": `操作碼 ${code}` });
      }
      operation(machine);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EngineError("corrupt", say.pickleBroken(what), { cause: error });
  }
}

/** @param found what was in the file that must not be: a global's name, an opcode. */
export function refused(what: string, found: Wording): EngineError {
  return new EngineError("unsupported", say.weightsRefused(what, found));
}

function take(machine: Machine, byteLength: number): Buffer {
  const start = machine.position;
  if (start + byteLength > machine.bytes.length) throw new RangeError("it ends in the midst of a value");
  machine.position += byteLength;
  return machine.bytes.subarray(start, machine.position);
}

function takeByte(machine: Machine): number {
  return take(machine, 1).readUInt8();
}

function takeUint32(machine: Machine): number {
  return take(machine, 4).readUInt32LE();
}

function takeLine(machine: Machine): string {
  const end = machine.bytes.indexOf("\n", machine.position);
  const line = take(machine, end < 0 ? Infinity : end - machine.position).toString("utf8");
  take(machine, 1);
  return line;
}

/** Little-endian two's complement. Larger than a safe integer is no size or offset. */
function readLong(bytes: Buffer): number {
  if (bytes.length > 8) throw new RangeError("it has a number of more than 64 bits");
  const value = bytes.toReversed().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return Number(BigInt.asIntN(bytes.length * 8, value));
}

function pop({ stack, marks }: Machine): unknown {
  if (stack.length <= (marks.at(-1) ?? 0)) throw new RangeError("it takes more values than it made");
  return stack.pop();
}

function popMark({ stack, marks }: Machine): unknown[] {
  const height = marks.pop();
  if (height === undefined) throw new RangeError("it goes back to a mark that it never set");
  return stack.splice(height);
}

function append({ stack }: Machine, values: readonly unknown[]): void {
  const list = stack.at(-1);
  if (!Array.isArray(list)) throw new RangeError("it appends to what is no list");
  for (const value of values) list.push(value);
}

function setItems({ stack }: Machine, items: readonly unknown[]): void {
  const dict = stack.at(-1);
  if (!(dict instanceof Map)) throw new RangeError("it sets an item of what is no dict");
  for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1]);
}

function memoize({ stack, memo }: Machine, key: number): void {
  memo.set(key, stack.at(-1));
}

function recall({ stack, memo }: Machine, key: number): void {
  if (!memo.has(key)) throw new RangeError("it recalls a value that it never kept");
  stack.push(memo.get(key));
}

function pushGlobal({ stack, host }: Machine, module: unknown, name: unknown): void {
  stack.push(host.global(`${String(module)}.${String(name)}`));
}

function pushStackGlobal(machine: Machine): void {
  const name = pop(machine);
  pushGlobal(machine, pop(machine), name);
}

/** Calls a function, which can only be one of the host's. */
function reduce(machine: Machine): void {
  const args = pop(machine);
  const call = pop(machine);
  if (typeof call !== "function" || !Array.isArray(args)) throw new RangeError("it calls what is no function");
  machine.stack.push((call as (...args: unknown[]) => unknown)(...args));
}
