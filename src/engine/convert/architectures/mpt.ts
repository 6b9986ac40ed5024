import { float32 } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { layerNorm } from "./layer-norm.ts";

/** MPT: attention falls off with the distance instead of knowing positions, and there are no biases. */
export const mpt: Architecture = {
  name: "mpt",
  layer: {
    norm_1: "attn_norm",
    "attn.Wqkv": "attn_qkv",
    "attn.out_proj": "attn_output",
    norm_2: "ffn_norm",
    "ffn.up_proj": "ffn_up",
    "ffn.down_proj": "ffn_down",
  },
  top: {
    "wte.weight": "token_embd.weight",
    "norm_f.weight": "output_norm.weight",
    "norm_f.bias": "output_norm.bias",
  },
  activations: [],
  defaults: { tie_word_embeddings: true },
  derived: ({ hidden_size: width = 0, expansion_ratio: ratio = 4 }) => ({ intermediate_size: ratio * width }),
  metadata(config) {
    const { alibi_bias_max: steepest = 8, clip_qkv: limit } = config.attn_config ?? {};
    return {
      ...layerNorm(config),
      "attention.max_alibi_bias": float32(steepest),
      ...(limit == null ? {} : { "attention.clamp_kqv": float32(limit) }),
    };
  },
  check(config) {
    const { logit_scale: scale, attn_config: attention } = config;
    const { alibi = true, attn_type: type = "multihead_attention", qk_ln: norms = false } = attention ?? {};
    const { softmax_scale: sharpness, prefix_lm: sees = false } = attention ?? {};
    if (!alibi) throw unsupportedSetting(config, "attn_config.alibi", alibi, "true");
    if (type !== "multihead_attention")
      throw unsupportedSetting(config, "attn_config.attn_type", type, "multihead_attention");
    if (norms) throw unsupportedSetting(config, "attn_config.qk_ln", norms, "false");
    if (sharpness != null) throw unsupportedSetting(config, "attn_config.softmax_scale", sharpness, "null");
    if (sees) throw unsupportedSetting(config, "attn_config.prefix_lm", sees, "false");
    if (scale != null) throw unsupportedSetting(config, "logit_scale", scale, "null");
  },
};
