import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheBytesPerToken, stateBytes } from "./cache-size.ts";

test("Qwen3-0.6B caches 112 KiB a token", () => {
  const attention = { head_count: 16, head_count_kv: 8, key_length: 128, value_length: 128 };
  assert.equal(cacheBytesPerToken({ block_count: 28, embedding_length: 1024, attention }), 112 * 1024);
});

test("the width of a head follows from the model's, and heads may differ from layer to layer", () => {
  const even = { block_count: 2, embedding_length: 64, attention: { head_count: 4, head_count_kv: 2 } };
  assert.equal(cacheBytesPerToken(even), 2 * 2 * 32 * 2);
  const uneven = { ...even, attention: { head_count: 4, head_count_kv: [0, 4] } };
  assert.equal(cacheBytesPerToken(uneven), cacheBytesPerToken(even));
  assert.equal(cacheBytesPerToken({}), 1);
});

test("layers that keep a state have no keys and values, and the state is as large for any text", () => {
  const ssm = { conv_kernel: 4, inner_size: 32, state_size: 8, group_count: 2 };
  const layerBytes = (3 * (32 + 2 * 2 * 8) + 32 * 8) * 4;
  const attention = { head_count: 4, head_count_kv: 2, key_length: 8, value_length: 8 };
  const hybrid = { block_count: 4, embedding_length: 32, ssm, attention };
  const everyFourth = { ...hybrid, full_attention_interval: 4 };
  assert.equal(cacheBytesPerToken(everyFourth), 2 * 16 * 2);
  assert.equal(stateBytes(everyFourth), 3 * layerBytes);
  const named = { ...hybrid, attention: { ...attention, recurrent_layers: [true, false, false, true] } };
  assert.equal(cacheBytesPerToken(named), 2 * 2 * 16 * 2);
  assert.equal(stateBytes(named), 2 * layerBytes);
  const byHeads = { ...hybrid, attention: { ...attention, head_count_kv: [0, 2, 0, 0] } };
  assert.equal(stateBytes(byHeads), 3 * layerBytes);
  assert.equal(stateBytes({ ...byHeads, feed_forward_length: [0, 0, 64, 64] }), layerBytes);
  assert.equal(stateBytes(hybrid), 4 * layerBytes);
  assert.equal(stateBytes({ ...byHeads, ssm: {}, shortconv: { l_cache: 3 } }), 3 * 32 * 2 * 4);
});

test("of keys that values are a part of, only these are kept", () => {
  const attention = { head_count: 16, head_count_kv: 1, key_length: 576, value_length: 512, key_length_mla: 192 };
  const shape = { block_count: 27, embedding_length: 2048, attention };
  assert.equal(cacheBytesPerToken(shape), 27 * 576 * 2);
  assert.equal(stateBytes(shape), 0);
});
