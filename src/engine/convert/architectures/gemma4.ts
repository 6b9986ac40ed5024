import { bools, float32, int32s, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { ropeFieldsOf } from "../rope.ts";
import { gemma3 } from "./gemma.ts";

/** Embeddings that each layer has of its own, beside those that all begin with. */
export const PER_LAYER: Required<Pick<Architecture, "layer" | "top">> = {
  layer: {
    per_layer_input_gate: "inp_gate",
    per_layer_projection: "proj",
    post_per_layer_input_norm: "post_norm",
  },
  top: {
    "embed_tokens_per_layer.weight": "per_layer_token_embd.weight",
    "per_layer_model_projection.weight": "per_layer_model_proj.weight",
    "per_layer_projection_norm.weight": "per_layer_proj_norm.weight",
  },
};

/** Gemma 4, what it reads and writes. Source: https://huggingface.co/docs/transformers/model_doc/gemma4 */
export const gemma4: Architecture = {
  name: "gemma4",
  layer: {
    ...gemma3.layer,
    ...PER_LAYER.layer,
    layer_scalar: [{ name: "layer_output_scale.weight" }],
    "router.proj": "ffn_gate_inp",
    "router.scale": [{ name: "ffn_gate_inp.scale" }],
    "router.per_expert_scale": [{ name: "ffn_down_exps.scale" }],
    "experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
    "experts.down_proj": "ffn_down_exps",
    pre_feedforward_layernorm_2: "pre_ffw_norm_2",
    post_feedforward_layernorm_1: "post_ffw_norm_1",
    post_feedforward_layernorm_2: "post_ffw_norm_2",
  },
  top: PER_LAYER.top,
  activations: ["gelu_pytorch_tanh"],
  slides: true,
  ropesWindows: true,
  ropesProportionally: true,
  defaults: { tie_word_embeddings: true, hidden_act: "gelu_pytorch_tanh", max_position_embeddings: 131_072 },
  derived,
  metadata: (config) => ({ ...attention(config), ...feedForward(config) }),
  check(config) {
    const { use_bidirectional_attention: both, num_hidden_layers: layers, num_kv_shared_layers: shared = 0 } = config;
    if (both === "all" || both === true) throw unsupportedSetting(config, "use_bidirectional_attention", both, "null");
    const [before, last] = (config.layer_types ?? []).slice(0, layers - shared).slice(-2);
    if (shared > 0 && (before !== "sliding_attention" || last !== "full_attention"))
      throw unsupportedSetting(
        config,
        "num_kv_shared_layers",
        shared,
        "behind a layer of each kind, the full one last",
      );
  },
};

/** Layers that see all of the text have longer heads: these are the ones that count. */
function derived(config: Partial<ModelConfig>): Partial<ModelConfig> {
  const { num_hidden_layers: layers = 0, head_dim: size = 256, per_layer_config: each = {} } = config;
  const types = config.layer_types ?? Array.from({ length: layers }, (_, index) => usualType(index, layers));
  const full = each[types.indexOf("full_attention")] ?? {};
  const heads = config.attention_k_eq_v === true ? config.num_global_key_value_heads : undefined;
  return {
    layer_types: types,
    head_dim: config.global_head_dim ?? full.head_dim ?? 512,
    head_dim_sliding: size,
    num_global_key_value_heads: heads ?? full.num_key_value_heads ?? config.num_key_value_heads ?? 4,
  };
}

function usualType(index: number, layers: number): string {
  return (index + 1) % 6 === 0 || index === layers - 1 ? "full_attention" : "sliding_attention";
}

function attention(config: ModelConfig): Metadata {
  const { layer_types: types = [], head_dim_sliding: size = 256, num_key_value_heads: heads } = config;
  const { final_logit_softcapping: cap } = config;
  const fullHeads = config.num_global_key_value_heads ?? heads;
  const slides = (types ?? []).map((type) => type === "sliding_attention");
  return {
    "attention.sliding_window": uint32(config.sliding_window ?? 512),
    "attention.sliding_window_pattern": bools(slides),
    "attention.shared_kv_layers": uint32(config.num_kv_shared_layers ?? 0),
    "attention.head_count_kv": int32s(slides.map((isSliding) => (isSliding ? heads : fullHeads))),
    "attention.key_length_swa": uint32(size),
    "attention.value_length_swa": uint32(size),
    "rope.dimension_count_swa": uint32(size * (ropeFieldsOf(config, "sliding_attention").partial_rotary_factor ?? 1)),
    // Without it, llama.cpp caps at 30.
    final_logit_softcapping: float32(cap ?? 0),
  };
}

/** Layers that take over keys and values of others may have wider feed-forwards. */
function feedForward(config: ModelConfig): Metadata {
  const { num_hidden_layers: layers, intermediate_size: length, num_kv_shared_layers: shared = 0 } = config;
  const isWide = (index: number): boolean => config.use_double_wide_mlp === true && index >= layers - shared;
  return {
    feed_forward_length: int32s(Array.from({ length: layers }, (_, index) => (isWide(index) ? 2 * length : length))),
    embedding_length_per_layer_input: uint32(config.hidden_size_per_layer_input ?? 256),
    ...(config.enable_moe_block === true && {
      expert_used_count: uint32(config.top_k_experts ?? 8),
      expert_feed_forward_length: uint32(config.moe_intermediate_size ?? 0),
    }),
  };
}
