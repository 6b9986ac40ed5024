import assert from "node:assert/strict";
import { test } from "node:test";
import { DECODE, ENCODE } from "./encode.ts";

/** Blocks of 32 numbers with large and small ones, of both signs. */
const values = Float32Array.from({ length: 128 }, (_, index) => Math.sin(index * 1.7) * 10 ** ((index % 5) - 3));

test("float16 and bfloat16 are rounded to the nearest and read back", () => {
  for (const [type, digits] of [
    ["F16", 11],
    ["BF16", 8],
  ] as const) {
    const back = DECODE[type](ENCODE[type](values));
    for (const [index, value] of values.entries())
      assert.ok(Math.abs(back[index]! - value) <= Math.abs(value) * 2 ** -digits + 2 ** -25, `${type} ${value}`);
    assert.deepEqual(DECODE[type](ENCODE[type](back)), back);
  }
  assert.deepEqual([...ENCODE.BF16(Float32Array.of(1, -1.00390625, 1.01171875))], [0x80, 0x3f, 0x80, 0xbf, 0x82, 0x3f]);
});

test("what float16 cannot hold becomes its largest number", () => {
  const back = DECODE.F16(ENCODE.F16(Float32Array.of(1e6, -1e6, 65_504, 1e-9)));
  assert.deepEqual([...back], [65_504, -65_504, 65_504, 0]);
});

test("Q8_0: each number is within half a step, the largest of a block takes the whole range", () => {
  const bytes = ENCODE.Q8_0(values);
  assert.equal(bytes.length, (values.length / 32) * 34);
  for (let block = 0; block * 32 < values.length; block++) {
    const scale = DECODE.F16(bytes.slice(block * 34, block * 34 + 2))[0]!;
    const steps = new Int8Array(bytes.slice(block * 34 + 2, block * 34 + 34).buffer);
    assert.equal(Math.max(...steps.map(Math.abs)), 127);
    for (const [index, step] of steps.entries())
      assert.ok(Math.abs(step * scale - values[block * 32 + index]!) <= scale * 0.57, `block ${block}, ${index}`);
  }
});

test("Q4_0: the number furthest from zero becomes -8, the others are within a step", () => {
  const bytes = ENCODE.Q4_0(values);
  assert.equal(bytes.length, (values.length / 32) * 18);
  for (let block = 0; block * 32 < values.length; block++) {
    const scale = DECODE.F16(bytes.slice(block * 18, block * 18 + 2))[0]!;
    const pairs = Array.from(bytes.subarray(block * 18 + 2, block * 18 + 18));
    const steps = [...pairs.map((pair) => (pair & 15) - 8), ...pairs.map((pair) => (pair >> 4) - 8)];
    assert.equal(Math.min(...steps), -8);
    for (const [index, step] of steps.entries()) {
      const value = values[block * 32 + index]!;
      assert.ok(Math.abs(step * scale - value) <= Math.abs(scale) * 1.01, `block ${block}, ${index}`);
    }
  }
});

test("zeros stay zeros", () => {
  const zeros = new Float32Array(64);
  assert.ok(ENCODE.Q8_0(zeros).every((byte) => byte === 0));
  const block = ENCODE.Q4_0(zeros).slice(0, 18);
  assert.equal(Math.abs(DECODE.F16(block.slice(0, 2))[0]!), 0);
  assert.ok(block.subarray(2).every((byte) => byte === 0x88));
});
