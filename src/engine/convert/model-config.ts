import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";

/** The fields of a language model's `config.json` that are read here; families differ in which they have. */
export interface ModelConfig {
  /** The name of the model, for messages. */
  readonly id: string;
  readonly architecture: string;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly intermediate_size: number;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  /** Of norms that take the mean away, under the names that families have for it. */
  readonly layer_norm_eps?: number;
  readonly layer_norm_epsilon?: number;
  readonly norm_epsilon?: number;
  readonly norm_eps?: number;
  readonly hidden_act?: string;
  readonly attention_bias?: boolean;
  readonly tie_word_embeddings?: boolean;
  readonly bos_token_id?: number | readonly number[] | null;
  readonly eos_token_id?: number | readonly number[] | null;
  readonly pad_token_id?: number | null;
  readonly partial_rotary_factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly rope_theta?: number;
  readonly rope_local_base_freq?: number;
  readonly rope_scaling?: RopeFields | null;
  /** Where transformers 5 puts all about rope; for models with two kinds of layers, one for each kind. */
  readonly rope_parameters?: RopeFields | Readonly<Record<string, RopeFields>> | null;
  readonly sliding_window?: number | null;
  readonly use_sliding_window?: boolean;
  /** So many layers see all of the text, the others look through the window. */
  readonly max_window_layers?: number;
  /** One layer of so many sees all of the text. */
  readonly sliding_window_pattern?: number;
  readonly layer_types?: readonly string[] | null;
  readonly num_local_experts?: number;
  readonly num_experts?: number | null;
  readonly num_experts_per_tok?: number;
  readonly moe_intermediate_size?: number;
  readonly shared_expert_intermediate_size?: number;
  readonly shared_intermediate_size?: number;
  readonly norm_topk_prob?: boolean;
  readonly decoder_sparse_step?: number;
  readonly mlp_only_layers?: readonly number[];
  readonly attn_logit_softcapping?: number | null;
  readonly final_logit_softcapping?: number | null;
  readonly query_pre_attn_scalar?: number;
  readonly attention_multiplier?: number;
  readonly embedding_multiplier?: number;
  readonly residual_multiplier?: number;
  readonly logits_scaling?: number;
  readonly logit_scale?: number | null;
  readonly use_qk_norm?: boolean;
  readonly use_parallel_residual?: boolean;
  readonly first_k_dense_replace?: number;
  readonly n_routed_experts?: number;
  readonly n_shared_experts?: number;
  readonly routed_scaling_factor?: number;
  readonly n_group?: number;
  readonly clip_qkv?: number | null;
  readonly position_embedding_type?: string | null;
  readonly no_rope_layers?: readonly number[] | null;
  /** How many keys there are, where they are fewer than queries. */
  readonly num_query_groups?: number;
  readonly group_query_attention?: boolean;
  /** Tokens of the texts that a model was trained with. */
  readonly seq_length?: number;
  /** How many dimensions of a head are rotated. */
  readonly rotary_dim?: number;
  /** Whether all heads share one key and one value. */
  readonly multi_query?: boolean;
  readonly new_decoder_architecture?: boolean;
  readonly parallel_attn?: boolean;
  /** Positions as a bias that grows with the distance, in place of rope. */
  readonly alibi?: boolean;
  readonly bias?: boolean;
  readonly scale_attn_weights?: boolean;
  readonly scale_attn_by_inverse_layer_idx?: boolean;
  readonly apply_residual_connection_post_layernorm?: boolean;
  readonly expansion_ratio?: number;
  readonly attn_config?: AttentionFields | null;
  /** How much a layer of linear attention keeps, and in how many heads. */
  readonly linear_conv_kernel_dim?: number;
  readonly linear_key_head_dim?: number;
  readonly linear_value_head_dim?: number;
  readonly linear_num_key_heads?: number;
  readonly linear_num_value_heads?: number;
  readonly full_attention_interval?: number;
  /** Of LFM2: how far its convolutions reach, and its older names. */
  readonly conv_L_cache?: number;
  readonly conv_bias?: boolean;
  readonly num_dense_layers?: number;
  readonly use_expert_bias?: boolean;
  readonly full_attn_idxs?: readonly number[] | null;
  readonly tie_embedding?: boolean;
  readonly block_ff_dim?: number;
  readonly block_auto_adjust_ff_dim?: boolean;
  readonly block_ffn_dim_multiplier?: number | null;
  readonly block_multiple_of?: number;
  /** Of Mamba, and of families with layers of it, which have names of their own. */
  readonly expand?: number;
  readonly state_size?: number;
  readonly conv_kernel?: number;
  readonly time_step_rank?: number | "auto";
  /** JSON has no word for infinity: what it cannot say is no number. */
  readonly time_step_limit?: readonly unknown[];
  readonly num_heads?: number;
  readonly n_groups?: number;
  readonly use_bias?: boolean;
  readonly use_conv_bias?: boolean;
  readonly mamba_expand?: number;
  readonly mamba_n_heads?: number;
  readonly mamba_n_groups?: number;
  readonly mamba_d_state?: number;
  readonly mamba_d_conv?: number;
  readonly mamba_d_ssm?: number | null;
  readonly mamba_rms_norm?: boolean;
  readonly mamba_norm_before_gate?: boolean;
  readonly mamba_proj_bias?: boolean;
  readonly mlp_bias?: boolean;
  readonly projectors_bias?: boolean;
  /** Of Falcon-H1: what states are multiplied with. */
  readonly lm_head_multiplier?: number;
  readonly key_multiplier?: number;
  readonly attention_in_multiplier?: number;
  readonly attention_out_multiplier?: number;
  readonly ssm_in_multiplier?: number;
  readonly ssm_out_multiplier?: number;
  readonly ssm_multipliers?: readonly number[];
  readonly mlp_multipliers?: readonly number[];
  /** Of Nemotron-H: the kinds of layers, by a letter or a word each. */
  readonly hybrid_override_pattern?: string;
  readonly layers_block_type?: readonly string[];
  readonly attention_head_dim?: number;
  readonly mlp_hidden_act?: string;
  readonly mamba_num_heads?: number;
  readonly mamba_head_dim?: number;
  readonly ssm_state_size?: number;
  readonly moe_shared_expert_intermediate_size?: number;
  readonly moe_latent_size?: number | null;
  /** Of DeepSeek: the lengths of what keys and values are made of, and of their parts. */
  readonly q_lora_rank?: number | null;
  readonly kv_lora_rank?: number;
  readonly qk_nope_head_dim?: number;
  readonly qk_rope_head_dim?: number;
  readonly v_head_dim?: number;
  readonly rope_interleave?: boolean;
  readonly topk_method?: string;
  readonly topk_group?: number;
  readonly vocab_size?: number;
  /** Of weights in FP8: so many rows and columns share a scale. */
  readonly weight_block_size?: readonly [number, number];
  /** Of Gemma 3n and 4: embeddings of each layer; layers with keys and values of another one; heads of two lengths. */
  readonly vocab_size_per_layer_input?: number;
  readonly hidden_size_per_layer_input?: number;
  readonly num_kv_shared_layers?: number;
  readonly global_head_dim?: number;
  readonly num_global_key_value_heads?: number | null;
  readonly attention_k_eq_v?: boolean;
  readonly per_layer_config?: Readonly<Record<string, Partial<ModelConfig>>>;
  /** Of layers that look through a window, where these are not the ones that `head_dim` is of. */
  readonly head_dim_sliding?: number;
  readonly use_double_wide_mlp?: boolean;
  readonly enable_moe_block?: boolean;
  readonly top_k_experts?: number | null;
  readonly altup_num_inputs?: number;
  readonly altup_active_idx?: number;
  readonly laurel_rank?: number;
  readonly activation_sparsity_pattern?: readonly number[] | null;
  /** Of Llama 4, whose other length of a feed-forward is that of experts. */
  readonly intermediate_size_mlp?: number;
  readonly interleave_moe_layer_step?: number;
  readonly attention_chunk_size?: number;
  readonly attn_temperature_tuning?: boolean | number;
  readonly attn_scale?: number;
  readonly floor_scale?: number;
  /** Of gpt-oss: where its activation is cut, and how steep it is. */
  readonly swiglu_limit?: number;
  readonly swiglu_alpha?: number;
  readonly is_causal?: boolean;
  readonly use_bidirectional_attention?: boolean | string | null;
  /** Classes that the repository brings itself: `modeling_qwen.Qwen2Model`. */
  readonly auto_map?: { readonly AutoModel?: string };
}

/** What MPT's configuration has about attention. Source: https://huggingface.co/docs/transformers/model_doc/mpt */
export interface AttentionFields {
  readonly attn_type?: string;
  readonly alibi?: boolean;
  /** How steep the bias of the first heads is. */
  readonly alibi_bias_max?: number;
  readonly clip_qkv?: number | null;
  readonly softmax_scale?: number | null;
  readonly qk_ln?: boolean;
  readonly prefix_lm?: boolean;
}

/** Rope's settings under their older and newer names. */
export interface RopeFields {
  readonly rope_type?: string;
  readonly type?: string;
  readonly rope_theta?: number;
  readonly factor?: number;
  readonly low_freq_factor?: number;
  readonly high_freq_factor?: number;
  readonly original_max_position_embeddings?: number;
  readonly partial_rotary_factor?: number;
  readonly attention_factor?: number | null;
  readonly beta_fast?: number | null;
  readonly beta_slow?: number | null;
  readonly mscale?: number;
  readonly mscale_all_dim?: number;
  /** Whether the limits between long and short waves are rounded to whole dimensions. */
  readonly truncate?: boolean;
  /** Of Hunyuan: stretches all waves. */
  readonly alpha?: number;
  /** Of models that see as well: so many frequencies for each of the three positions. */
  readonly mrope_section?: readonly number[];
  /** Of Ministral 3: how much sharper attention gets beyond the original context. */
  readonly llama_4_scaling_beta?: number;
  readonly short_factor?: readonly number[];
  readonly long_factor?: readonly number[];
}

/** What a family knows of fields that its `config.json` has not, or says in other ways. */
interface Family {
  readonly defaults?: Partial<ModelConfig>;
  derived?(config: Partial<ModelConfig>): Partial<ModelConfig>;
}

/** What older families call a field, and its usual name. */
const USUAL_NAMES: Readonly<Record<string, keyof ModelConfig>> = {
  n_embd: "hidden_size",
  n_embed: "hidden_size",
  d_model: "hidden_size",
  n_layer: "num_hidden_layers",
  n_layers: "num_hidden_layers",
  num_layers: "num_hidden_layers",
  n_head: "num_attention_heads",
  n_heads: "num_attention_heads",
  num_kv_heads: "num_key_value_heads",
  n_inner: "intermediate_size",
  ffn_hidden_size: "intermediate_size",
  n_positions: "max_position_embeddings",
  max_seq_len: "max_position_embeddings",
  seq_length: "max_position_embeddings",
  hidden_activation: "hidden_act",
  activation_function: "hidden_act",
  activation: "hidden_act",
  rotary_pct: "partial_rotary_factor",
  rotary_emb_base: "rope_theta",
};

/** What llama.cpp computes with as it is, and what can be converted where blocks have a scale each. */
const MXFP4 = "mxfp4";
const FP8 = "fp8";

type RawConfig = Partial<ModelConfig> & {
  readonly architectures?: readonly string[] | null;
  /** The language model's own part of a model that sees as well. */
  readonly text_config?: Partial<ModelConfig>;
  readonly quantization_config?: {
    readonly quant_method?: string;
    readonly weight_block_size?: readonly [number, number] | null;
  } | null;
};

/** @throws what `parseModelConfig` throws */
export async function readConfig(snapshot: Snapshot, familyOf: (architecture: string) => Family): Promise<ModelConfig> {
  return parseModelConfig((await readJson<object>(snapshot, "config.json")) ?? {}, snapshot.id, familyOf);
}

/**
 * What `config.json` says; what it leaves open is filled in as transformers does.
 *
 * @param familyOf by the name in `config.json`.
 * @throws EngineError `unsupported` for weights that are quantised already, `corrupt` where a size is missing.
 */
export function parseModelConfig(json: RawConfig, id: string, familyOf: (architecture: string) => Family): ModelConfig {
  const architecture = json.architectures?.[0];
  if (architecture === undefined) throw new EngineError("unsupported", say.noArchitecture(id));
  const { quant_method: method, weight_block_size: block } = json.quantization_config ?? {};
  if (method !== undefined && method !== MXFP4 && !(method === FP8 && block != null)) {
    throw new EngineError("unsupported", say.quantizedAlready(id, method));
  }
  const { defaults, derived } = familyOf(architecture);
  const own = { ...json, ...json.text_config };
  const given: RawConfig = { ...defaults, ...underUsualNames(own), ...own };
  const raw = { ...given, ...derived?.(given) };
  const heads = required(raw, "num_attention_heads", id);
  const hiddenSize = required(raw, "hidden_size", id);
  return {
    ...raw,
    ...(block != null && { weight_block_size: block }),
    id,
    architecture,
    hidden_size: hiddenSize,
    num_attention_heads: heads,
    num_hidden_layers: required(raw, "num_hidden_layers", id),
    intermediate_size: required(raw, "intermediate_size", id),
    num_key_value_heads: raw.num_key_value_heads ?? heads,
    head_dim: raw.head_dim ?? hiddenSize / heads,
    max_position_embeddings: raw.max_position_embeddings ?? 2048,
    rms_norm_eps: raw.rms_norm_eps ?? 1e-6,
  };
}

function underUsualNames(config: object): Partial<ModelConfig> {
  const fields = Object.entries(config).flatMap(([name, value]) => {
    const usual = Object.hasOwn(USUAL_NAMES, name) ? USUAL_NAMES[name] : undefined;
    return usual === undefined || value == null ? [] : [[usual, value] as const];
  });
  return Object.fromEntries(fields);
}

/** An error for a setting that llama.cpp computes otherwise, or not at all. */
export function unsupportedSetting(config: ModelConfig, field: string, value: unknown, supported: string): EngineError {
  return new EngineError("unsupported", say.setting(config.id, field, JSON.stringify(value), supported));
}

function required(config: RawConfig, field: keyof ModelConfig, model: string): number {
  const value = config[field];
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new EngineError("corrupt", say.noNumber(model, field, JSON.stringify(value)));
}
