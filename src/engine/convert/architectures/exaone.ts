import { float32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { window } from "./window.ts";

/** EXAONE 3 and 3.5, whose code is in their repositories: Llama with GPT-2's names. */
export const exaone: Architecture = {
  name: "exaone",
  layer: {
    ln_1: "attn_norm",
    "attn.attention.q_proj": "attn_q",
    "attn.attention.k_proj": "attn_k",
    "attn.attention.v_proj": "attn_v",
    "attn.attention.out_proj": "attn_output",
    ln_2: "ffn_norm",
    "mlp.c_fc_0": "ffn_gate",
    "mlp.c_fc_1": "ffn_up",
    "mlp.c_proj": "ffn_down",
  },
  top: { "wte.weight": "token_embd.weight", "ln_f.weight": "output_norm.weight" },
  activations: ["silu"],
  hasFrequencyFactors: true,
  metadata: ({ layer_norm_epsilon: epsilon = 1e-5 }) => ({ "attention.layer_norm_rms_epsilon": float32(epsilon) }),
};

/** The one size of EXAONE 4 whose layers llama.cpp lets look through a window. */
const SLIDING_LAYERS = 64;

/** Norms come after attention and feed-forward. */
export const exaone4: Architecture = {
  name: "exaone4",
  layer: {
    ...DENSE_LAYER,
    ...HEAD_NORMS,
    post_attention_layernorm: "post_attention_norm",
    post_feedforward_layernorm: "post_ffw_norm",
  },
  activations: ["silu"],
  hasFrequencyFactors: true,
  slides: true,
  metadata: (config) => (config.sliding_window == null ? {} : window(config, 4)),
  check(config) {
    const { sliding_window: size, num_hidden_layers: layers } = config;
    if (size != null && layers !== SLIDING_LAYERS) throw unsupportedSetting(config, "sliding_window", size, "null");
  },
};
