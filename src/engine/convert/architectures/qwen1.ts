import type { Architecture } from "../architecture.ts";
import { qwen2 } from "./qwen.ts";
import { thirds } from "./thirds.ts";

/**
 * The first Qwen, whose code is in its repositories: Qwen 2 with other names, and with all heads alike. Beyond the length
 * that it was trained with it changes rope and attention; the context ends there.
 * Source: https://huggingface.co/Qwen/Qwen-7B/blob/main/modeling_qwen.py
 */
export const qwen1: Architecture = {
  ...qwen2,
  layer: {
    ln_1: "attn_norm",
    "attn.c_attn.weight": thirds("weight"),
    "attn.c_attn.bias": thirds("bias"),
    "attn.c_proj": "attn_output",
    ln_2: "ffn_norm",
    "mlp.w2": "ffn_gate",
    "mlp.w1": "ffn_up",
    "mlp.c_proj": "ffn_down",
  },
  top: { "wte.weight": "token_embd.weight", "ln_f.weight": "output_norm.weight" },
  derived: ({ intermediate_size: both = 0, layer_norm_epsilon: epsilon = 1e-6, seq_length: trained = 2048 }) => ({
    intermediate_size: both / 2,
    rms_norm_eps: epsilon,
    max_position_embeddings: trained,
  }),
};
