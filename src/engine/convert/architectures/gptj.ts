import type { Architecture, Span } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { fourfold } from "./fourfold.ts";
import { phi2 } from "./phi.ts";

/**
 * GPT-J, as a Phi 2 without biases in attention: where it rotates neighbouring rows of a head, Phi rotates those of two
 * halves, so that the rows of query and key change places.
 * Source: https://huggingface.co/docs/transformers/model_doc/gptj
 */
export const gptj: Architecture = {
  ...phi2,
  layer: {
    ln_1: "attn_norm",
    "attn.q_proj": [{ name: "attn_q.weight", rows: (config) => inHalves(headStarts(config), config) }],
    "attn.k_proj": [{ name: "attn_k.weight", rows: (config) => inHalves(headStarts(config), config) }],
    "attn.v_proj": "attn_v",
    "attn.out_proj": "attn_output",
    "mlp.fc_in": "ffn_up",
    "mlp.fc_out": "ffn_down",
  },
  top: {
    "wte.weight": "token_embd.weight",
    "ln_f.weight": "output_norm.weight",
    "ln_f.bias": "output_norm.bias",
  },
  tensors: ({ num_hidden_layers: layers, hidden_size: width }) =>
    Object.fromEntries(
      Array.from({ length: layers }, (_, layer) => [
        `blk.${layer}.attn_output.bias`,
        Array.from({ length: width }, () => 0),
      ]),
    ),
  defaults: {},
  derived(config) {
    const { hidden_size: width = 0, num_attention_heads: heads = 1, rotary_dim: rotated = 64 } = config;
    return { ...fourfold(config), rotary_dim: rotated, partial_rotary_factor: (rotated * heads) / width };
  },
  check(config) {
    phi2.check?.(config);
    const { rotary_dim: rotated = 0, head_dim: size } = config;
    const isPossible = rotated > 0 && rotated <= size && rotated % 2 === 0;
    if (!isPossible) throw unsupportedSetting(config, "rotary_dim", rotated, `an even number from 2 to ${size}`);
  },
};

/** Its qkv_proj has so many parts, each with the queries, values and keys of its heads. */
const PARTS = 4;

/** CodeGen: GPT-J with query, key and value in one matrix. */
export const codegen: Architecture = {
  ...gptj,
  layer: {
    ...gptj.layer,
    "attn.qkv_proj": [
      { name: "attn_q.weight", rows: (config) => inHalves(headStarts(config, PARTS, 0), config) },
      { name: "attn_k.weight", rows: (config) => inHalves(headStarts(config, PARTS, 2), config) },
      {
        name: "attn_v.weight",
        rows: (config) => headStarts(config, PARTS, 1).map((from) => ({ from, count: config.head_dim })),
      },
    ],
  },
  check(config) {
    gptj.check?.(config);
    const { num_attention_heads: heads } = config;
    if (heads % PARTS !== 0) throw unsupportedSetting(config, "num_attention_heads", heads, `a multiple of ${PARTS}`);
  },
};

/** The first row of each head; where a matrix has three kinds of them in each of its parts, of the heads of one kind. */
function headStarts(
  { num_attention_heads: heads, head_dim: size }: ModelConfig,
  parts = 1,
  kind = 0,
): readonly number[] {
  const kinds = parts === 1 ? 1 : 3;
  const inPart = heads / parts;
  return Array.from({ length: heads }, (_, head) => {
    const part = Math.floor(head / inPart);
    return ((part * kinds + kind) * inPart + (head % inPart)) * size;
  });
}

/** Of each head, the rotated rows with an even number, those with an odd number, and the others. */
function inHalves(
  starts: readonly number[],
  { head_dim: size, rotary_dim: rotated = 0 }: ModelConfig,
): readonly Span[] {
  const order = [0, 1].flatMap((first) => Array.from({ length: rotated / 2 }, (_, pair) => first + 2 * pair));
  return starts.flatMap((start) => [
    ...order.map((row) => ({ from: start + row, count: 1 })),
    ...(rotated < size ? [{ from: start + rotated, count: size - rotated }] : []),
  ]);
}
