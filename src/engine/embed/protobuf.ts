/** Protocol Buffers' wire format, as far as ONNX files need it. Source: https://protobuf.dev/programming-guides/encoding/ */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

/** A whole number; negative ones take ten bytes, as `int64` has it. */
export function integer(field: number, value: number): Uint8Array {
  return Buffer.concat([tag(field, VARINT), varint(BigInt.asUintN(64, BigInt(value)))]);
}

export function float(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([tag(field, FIXED_32), bytes]);
}

export function text(field: number, value: string): Uint8Array {
  return message(field, Buffer.from(value, "utf8"));
}

/** A message inside a message, its own fields one after the other; or raw bytes. */
export function message(field: number, ...fields: readonly Uint8Array[]): Uint8Array {
  const length = fields.reduce((sum, bytes) => sum + bytes.byteLength, 0);
  return Buffer.concat([tag(field, LENGTH_DELIMITED), varint(BigInt(length)), ...fields]);
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(BigInt((field << 3) | wireType));
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest <= 0x7fn) return Uint8Array.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}
