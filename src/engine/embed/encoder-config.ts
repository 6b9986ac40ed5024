import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";

/** The fields of an encoder's `config.json` that are read here; families differ in which they have. */
export interface EncoderConfig {
  readonly architectures?: readonly string[] | null;
  readonly pad_token_id?: number | null;
  readonly hidden_size?: number;
  /** Of ELECTRA and ALBERT, whose embeddings may be shorter than their states. */
  readonly embedding_size?: number;
  readonly num_hidden_groups?: number;
  readonly inner_group_num?: number;
  readonly num_hidden_layers?: number;
  readonly num_attention_heads?: number;
  readonly max_position_embeddings?: number;
  readonly layer_norm_eps?: number;
  readonly hidden_act?: string;
  readonly position_embedding_type?: string;
  readonly is_decoder?: boolean;

  // DistilBERT
  readonly n_layers?: number;
  readonly n_heads?: number;
  readonly activation?: string;

  // DeBERTa
  readonly relative_attention?: boolean;
  readonly position_buckets?: number;
  readonly max_relative_positions?: number;
  readonly share_att_key?: boolean;
  readonly norm_rel_ebd?: string;
  readonly pos_att_type?: string | readonly string[] | null;
  readonly position_biased_input?: boolean;
  readonly type_vocab_size?: number;
  readonly conv_kernel_size?: number;
  readonly pooler_hidden_act?: string;

  // T5
  readonly d_model?: number;
  readonly num_layers?: number;
  readonly num_heads?: number;
  /** `relu`, or `gated-gelu` for one with a gate. */
  readonly feed_forward_proj?: string;
  readonly relative_attention_num_buckets?: number;
  readonly relative_attention_max_distance?: number;

  // NomicBERT
  readonly n_layer?: number;
  readonly n_head?: number;
  readonly n_embd?: number;
  readonly n_positions?: number;
  readonly activation_function?: string;
  readonly layer_norm_epsilon?: number;
  readonly max_trained_positions?: number;
  readonly causal?: boolean;
  readonly prenorm?: boolean;
  readonly parallel_block?: boolean;
  readonly qkv_proj_bias?: boolean;
  readonly mlp_fc1_bias?: boolean;
  readonly mlp_fc2_bias?: boolean;
  readonly num_experts?: number;
  readonly moe_top_k?: number;
  readonly moe_every_n_layers?: number;
  readonly moe_normalize_expert_weights?: boolean;
  readonly num_shared_experts?: number;
  readonly expert_choice_router?: boolean;
  readonly use_rms_norm?: boolean | null;
  readonly rotary_emb_base?: number;
  readonly rotary_emb_fraction?: number;
  readonly rotary_emb_interleaved?: boolean;
  readonly rotary_scaling_factor?: number | null;

  // JinaBERT
  readonly feed_forward_type?: string;

  // GTE
  readonly layer_norm_type?: string;
  readonly logn_attention_scale?: boolean;
  readonly pack_qkv?: boolean;
  readonly rope_theta?: number;
  readonly rope_scaling?: RopeScaling | null;

  // EuroBERT
  readonly num_key_value_heads?: number | null;
  readonly head_dim?: number | null;
  readonly rms_norm_eps?: number;

  // ModernBERT
  readonly hidden_activation?: string;
  readonly norm_eps?: number;
  readonly classifier_pooling?: string;
  /** Names of the classes, by number; of a ranking there is one. */
  readonly id2label?: Readonly<Record<string, string>> | null;
  readonly classifier_activation?: string;
  readonly classifier_bias?: boolean;
  readonly norm_bias?: boolean;
  readonly attention_bias?: boolean;
  readonly mlp_bias?: boolean;
  readonly local_attention?: number;
  readonly global_attn_every_n_layers?: number;
  readonly global_rope_theta?: number;
  readonly local_rope_theta?: number;
  readonly layer_types?: readonly string[] | null;
  /** Where transformers 5 puts all about rope; of ModernBERT, for each kind of layer. */
  readonly rope_parameters?: RopeParameters | null;
}

interface RopeScaling {
  readonly type?: string;
  readonly rope_type?: string;
  readonly factor?: number;
  readonly mixed_b?: number | null;
}

interface RopeParameters {
  readonly rope_type?: string;
  readonly rope_theta?: number;
  readonly full_attention?: RopeParameters;
  readonly sliding_attention?: RopeParameters;
}

/**
 * The first of the fields that is there; families have several names for one thing.
 * @throws EngineError `corrupt` where none of them is a positive number.
 */
export function size(config: EncoderConfig, ...fields: readonly (keyof EncoderConfig)[]): number {
  const value = fields.map((field) => config[field]).find((value) => value != null);
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new EngineError("corrupt", say.noNumber(undefined, String(fields[0]), JSON.stringify(value)));
}

/** @throws EngineError `unsupported` for a repository without a `config.json`, `corrupt` for one that is no JSON. */
export async function readEncoderConfig(snapshot: Snapshot): Promise<EncoderConfig> {
  const config = await readJson<EncoderConfig>(snapshot, "config.json");
  if (config === undefined) throw new EngineError("unsupported", say.noConfig(snapshot.id));
  return config;
}

/** Whether embeddings have another length than states. */
export function isFactored({ embedding_size: embedding, hidden_size: hidden }: EncoderConfig): boolean {
  return embedding != null && embedding !== hidden;
}

/** An error for a setting that no graph computes. */
export function unsupportedSetting(field: keyof EncoderConfig, value: unknown, supported: string): EngineError {
  return new EngineError("unsupported", say.setting(undefined, field, JSON.stringify(value), supported));
}

/** Refuses a setting other than the one that is computed; one that is left out is that one. */
export function requireSetting(
  config: EncoderConfig,
  field: keyof EncoderConfig,
  computed: string | number | boolean,
): void {
  const value = config[field];
  if (value != null && value !== computed) throw unsupportedSetting(field, value, JSON.stringify(computed));
}

/** Settings that a graph computes with one value alone. */
export type FixedSettings = { readonly [Field in keyof EncoderConfig]?: string | number | boolean };

/** Refuses any of them that has another value. */
export function requireSettings(config: EncoderConfig, computed: FixedSettings): void {
  for (const [field, value] of Object.entries(computed)) requireSetting(config, field as keyof EncoderConfig, value);
}

/**
 * The base of the rotations of one kind of layers, if the configuration has it where transformers 5 puts it.
 * @throws EngineError `unsupported` for rotations that are scaled.
 */
export function ropeTheta(
  parameters: EncoderConfig["rope_parameters"],
  layerType?: "full_attention" | "sliding_attention",
): number | undefined {
  if (parameters == null) return undefined;
  const ofLayer = layerType === undefined ? undefined : parameters[layerType];
  const { rope_type: type = "default", rope_theta: theta } = ofLayer ?? parameters;
  if (type !== "default") throw unsupportedSetting("rope_parameters", type, "default");
  return theta;
}
