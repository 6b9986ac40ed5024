import { bool } from "../../formats/gguf.ts";
import { FUSED_HEADS, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { GELU } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";

/** GPT-NeoX, Pythia, Dolly and RedPajama-INCITE: attention and feed-forward side by side, each after a norm of its own. */
export const gptNeox: Architecture = {
  name: "gptneox",
  layer: {
    input_layernorm: "attn_norm",
    "attention.query_key_value": FUSED_HEADS,
    "attention.dense": "attn_output",
    post_attention_layernorm: "ffn_norm",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
  },
  top: {
    "embed_in.weight": "token_embd.weight",
    "final_layer_norm.weight": "output_norm.weight",
    "final_layer_norm.bias": "output_norm.bias",
    "embed_out.weight": "output.weight",
  },
  activations: GELU,
  needsOutput: true,
  metadata: (config) => ({
    ...layerNorm(config),
    use_parallel_residual: bool(config.use_parallel_residual ?? true),
  }),
  defaults: { partial_rotary_factor: 0.25, hidden_act: "gelu" },
  derived: ({ num_attention_heads: heads }) => (heads === undefined ? {} : { num_key_value_heads: heads }),
  check(config) {
    const { attention_bias: biases = true } = config;
    if (!biases) throw unsupportedSetting(config, "attention_bias", biases, "true");
  },
};
