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
  readonly num_experts?: number;
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
  readonly logit_scale?: number;
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
  readonly is_causal?: boolean;
  readonly use_bidirectional_attention?: boolean | null;
  /** Classes that the repository brings itself: `modeling_qwen.Qwen2Model`. */
  readonly auto_map?: { readonly AutoModel?: string };
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
  /** Of Ministral 3: how much sharper attention gets beyond the original context. */
  readonly llama_4_scaling_beta?: number;
  readonly short_factor?: readonly number[];
  readonly long_factor?: readonly number[];
}

type RawConfig = Partial<ModelConfig> & {
  readonly architectures?: readonly string[] | null;
  readonly hidden_activation?: string;
  readonly activation_function?: string;
  readonly num_layers?: number;
  /** The language model's own part of a model that sees as well. */
  readonly text_config?: Partial<ModelConfig> & { readonly hidden_activation?: string };
  readonly quantization_config?: { readonly quant_method?: string } | null;
};

/**
 * Reads `config.json`; what it leaves open is filled in as transformers does.
 *
 * @param defaults the family's own, for fields that its models leave out.
 * @throws EngineError `unsupported` for weights that are quantised already, `corrupt` where a size is missing.
 */
export async function readConfig(
  snapshot: Snapshot,
  defaultsOf: (architecture: string) => Partial<ModelConfig>,
): Promise<ModelConfig> {
  const json = await readJson<RawConfig>(snapshot, "config.json");
  const architecture = json?.architectures?.[0];
  if (json === undefined || architecture === undefined) {
    throw new EngineError("unsupported", `${snapshot.id} has no config.json that names its architecture.`);
  }
  const method = json.quantization_config?.quant_method;
  if (method !== undefined) {
    const message = `The weights of ${snapshot.id} are quantised by ${method} already, which cannot be converted. Choose the repository of the same model in 16 bits, or one with .gguf files.`;
    throw new EngineError("unsupported", message);
  }
  const raw: RawConfig = {
    ...defaultsOf(architecture),
    ...(json.num_layers !== undefined && { num_hidden_layers: json.num_layers }),
    ...json,
    ...json.text_config,
  };
  const heads = required(raw, "num_attention_heads", snapshot.id);
  const hiddenSize = required(raw, "hidden_size", snapshot.id);
  const activation = raw.hidden_act ?? raw.hidden_activation ?? raw.activation_function;
  return {
    ...raw,
    id: snapshot.id,
    architecture,
    hidden_size: hiddenSize,
    num_attention_heads: heads,
    num_hidden_layers: required(raw, "num_hidden_layers", snapshot.id),
    intermediate_size: required(raw, "intermediate_size", snapshot.id),
    num_key_value_heads: raw.num_key_value_heads ?? heads,
    head_dim: raw.head_dim ?? hiddenSize / heads,
    max_position_embeddings: raw.max_position_embeddings ?? 2048,
    rms_norm_eps: raw.rms_norm_eps ?? 1e-6,
    ...(activation === undefined ? {} : { hidden_act: activation }),
  };
}

/** An error for a setting that llama.cpp computes otherwise, or not at all. */
export function unsupportedSetting(config: ModelConfig, field: string, value: unknown, supported: string): EngineError {
  const message = `config.json of ${config.id} has ${field} ${JSON.stringify(value)}, which cannot be run; supported: ${supported}.`;
  return new EngineError("unsupported", message);
}

function required(config: RawConfig, field: keyof ModelConfig, model: string): number {
  const value = config[field];
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  const message = `config.json of ${model} has ${field} ${JSON.stringify(value)}; it must be a positive number.`;
  throw new EngineError("corrupt", message);
}
