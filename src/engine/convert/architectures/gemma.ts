import { float32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { window } from "./window.ts";

export const gemma: Architecture = {
  name: "gemma",
  layer: DENSE_LAYER,
  // Gemma's first files say `gelu` and mean its approximation.
  activations: ["gelu_pytorch_tanh", "gelu"],
  normsFromOne: true,
  tied: true,
  defaults: { head_dim: 256 },
};

export const gemma2: Architecture = {
  ...gemma,
  name: "gemma2",
  activations: ["gelu_pytorch_tanh"],
  slides: true,
  layer: {
    ...DENSE_LAYER,
    post_attention_layernorm: "post_attention_norm",
    pre_feedforward_layernorm: "ffn_norm",
    post_feedforward_layernorm: "post_ffw_norm",
  },
  defaults: { head_dim: 256, attn_logit_softcapping: 50, final_logit_softcapping: 30, sliding_window: 4096 },
  metadata: (config) => ({
    ...window(config, 2),
    // Zero divides by zero: llama.cpp always caps, so what is not capped gets a cap that no logit reaches.
    attn_logit_softcapping: float32(config.attn_logit_softcapping ?? NO_CAP),
    final_logit_softcapping: float32(config.final_logit_softcapping ?? NO_CAP),
  }),
  check: (config) => checkScale(config, 46),
};

/** Source: `Gemma3TextConfig` of transformers, for what the files of the larger models leave out. */
export const gemma3: Architecture = {
  ...gemma2,
  name: "gemma3",
  ropesWindows: true,
  layer: { ...gemma2.layer, ...HEAD_NORMS },
  tied: false,
  defaults: {
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    hidden_act: "gelu_pytorch_tanh",
    max_position_embeddings: 131_072,
    sliding_window: 4096,
    rope_theta: 1_000_000,
    rope_local_base_freq: 10_000,
  },
  metadata: (config) => ({
    ...window(config, 6),
    ...(config.final_logit_softcapping == null
      ? {}
      : { final_logit_softcapping: float32(config.final_logit_softcapping) }),
  }),
  check(config) {
    const cap = config.attn_logit_softcapping;
    if (cap != null) throw unsupportedSetting(config, "attn_logit_softcapping", cap, "null");
    checkScale(config, 62);
  },
};

/** EmbeddingGemma: Gemma 3 whose tokens see those after them, too. */
export const gemmaEmbedding: Architecture = {
  ...gemma3,
  name: "gemma-embedding",
  tied: true,
  check(config) {
    const { use_bidirectional_attention: both = false } = config;
    if (both !== true) throw unsupportedSetting(config, "use_bidirectional_attention", both, "true");
    gemma3.check?.(config);
  },
};

const NO_CAP = 1e6;

/** @param largest how many layers the one model has whose scale llama.cpp takes from another size. */
function checkScale(config: ModelConfig, largest: number): void {
  const { query_pre_attn_scalar: scalar, num_hidden_layers: layers, head_dim: headSize } = config;
  const built = layers === largest ? Math.trunc(config.hidden_size / config.num_attention_heads) : headSize;
  if (scalar !== undefined && scalar !== built) {
    throw unsupportedSetting(config, "query_pre_attn_scalar", scalar, String(built));
  }
}
