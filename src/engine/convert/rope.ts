import { float32, string, uint32, type Metadata } from "../formats/gguf.ts";
import { unsupportedSetting, type ModelConfig, type RopeFields } from "./model-config.ts";

/** Rotary position embedding as llama.cpp takes it: settings, and factors for each frequency as small tensors. */
export interface Rope {
  /** Keys without the architecture's prefix. */
  readonly metadata: Metadata;
  /** By name in the file: one factor for each pair of dimensions. */
  readonly factors: Readonly<Record<string, readonly number[]>>;
}

const OTHER_SCALINGS = "default, dynamic, linear, yarn, longrope";
const SCALINGS = `${OTHER_SCALINGS}, llama3`;
const DEFAULT_THETA = 10_000;
/**
 * NTK scaling begins beyond the trained length, where no context of ours goes; the three positions of models that see are
 * one in a text.
 */
const NO_SCALING: ReadonlySet<string> = new Set(["default", "dynamic", "none", "mrope"]);

/** What llama.cpp computes of rope for a family in a way of its own: see `Architecture`. */
interface RopeFamily {
  readonly yarnScalesScores?: boolean;
  readonly ropesProportionally?: boolean;
  readonly ropesWindows?: boolean;
  readonly hasFrequencyFactors?: boolean;
}

/**
 * @throws EngineError `unsupported` for a kind of scaling that llama.cpp does not know.
 */
export function rope(config: ModelConfig, family: RopeFamily): Rope {
  const { yarnScalesScores = false, ropesProportionally = false, hasFrequencyFactors = false } = family;
  const fields = ropeFields(config);
  const kind = fields.rope_type ?? fields.type ?? "default";
  const dimensions = kind === "proportional" ? config.head_dim : ropeDimensions(config, fields);
  const theta = (fields.rope_theta ?? config.rope_theta ?? DEFAULT_THETA) * stretch(fields, dimensions);
  const metadata = {
    "rope.freq_base": float32(theta),
    "rope.dimension_count": uint32(dimensions),
    ...slidingBase(config, theta, family),
  };
  if (NO_SCALING.has(kind)) return { metadata, factors: {} };
  switch (kind) {
    case "linear":
      return { metadata: { ...metadata, ...scaling("linear", fields) }, factors: {} };
    case "yarn":
      return { metadata: { ...metadata, ...yarn(config, fields, yarnScalesScores) }, factors: {} };
    case "llama3":
      if (!hasFrequencyFactors) throw unsupportedSetting(config, "rope_type", kind, OTHER_SCALINGS);
      return { metadata, factors: { "rope_freqs.weight": llama3Factors(fields, theta, dimensions) } };
    case "proportional":
      if (ropesProportionally)
        return { metadata, factors: { "rope_freqs.weight": proportionalFactors(config, fields) } };
      throw unsupportedSetting(config, "rope_type", kind, SCALINGS);
    case "longrope":
    case "su":
      return longrope(config, fields, metadata);
    default:
      throw unsupportedSetting(config, "rope_type", kind, SCALINGS);
  }
}

type RopeConfig = Pick<Partial<ModelConfig>, "rope_parameters" | "rope_scaling">;

/** Of models whose layers differ, those of the layers that see all of the text. */
export function ropeFields(config: RopeConfig): RopeFields {
  return ropeFieldsOf(config, "full_attention");
}

export function ropeFieldsOf(config: RopeConfig, layerType: string): RopeFields {
  return (
    byLayerType(config)?.[layerType] ??
    (config.rope_parameters as RopeFields | null | undefined) ??
    config.rope_scaling ??
    {}
  );
}

function byLayerType({ rope_parameters: parameters }: RopeConfig): Readonly<Record<string, RopeFields>> | undefined {
  return parameters != null && "full_attention" in parameters ? parameters : undefined;
}

/** Source: `compute_ntk_alpha_rope_parameters` in `modeling_hunyuan_v1_dense.py` of transformers. */
function stretch({ alpha }: RopeFields, dimensions: number): number {
  return alpha === undefined || alpha === 0 ? 1 : alpha ** (dimensions / (dimensions - 2));
}

/** @param base that of the layers that see all of the text. */
function slidingBase(config: ModelConfig, base: number, { ropesWindows = false }: RopeFamily): Metadata {
  const theta = byLayerType(config)?.["sliding_attention"]?.rope_theta ?? config.rope_local_base_freq;
  if (theta === undefined) return {};
  if (!ropesWindows && theta !== base) throw unsupportedSetting(config, "sliding rope_theta", theta, String(base));
  return { "rope.freq_base_swa": float32(theta) };
}

function ropeDimensions(config: ModelConfig, fields: RopeFields): number {
  const part = fields.partial_rotary_factor ?? config.partial_rotary_factor ?? 1;
  const dimensions = Math.trunc(config.head_dim * part);
  // llama.cpp does not come back from rotating none.
  if (part !== 1 && (dimensions < 2 || dimensions % 2 !== 0))
    throw unsupportedSetting(config, "partial_rotary_factor", part, `an even part of ${config.head_dim} dimensions`);
  return dimensions;
}

function scaling(kind: string, { factor = 1 }: RopeFields): Metadata {
  return { "rope.scaling.type": string(kind), "rope.scaling.factor": float32(factor) };
}

/** llama.cpp multiplies cosine and sine by the factor of the paper; what a model has instead is put on top of it. */
function yarn(config: ModelConfig, fields: RopeFields, scalesScores: boolean): Metadata {
  const { factor = 1, beta_fast: fast, beta_slow: slow } = fields;
  // llama.cpp has the usual ones built in.
  if ((fast ?? 32) !== 32) throw unsupportedSetting(config, "rope beta_fast", fast, "32");
  if ((slow ?? 1) !== 1) throw unsupportedSetting(config, "rope beta_slow", slow, "1");
  if (fields.truncate === false) throw unsupportedSetting(config, "rope truncate", false, "true");
  return {
    ...scaling("yarn", fields),
    "rope.scaling.original_context_length": uint32(originalContext(config, fields)),
    ...(scalesScores
      ? { "rope.scaling.yarn_log_multiplier": float32(0.1 * (fields.mscale_all_dim ?? 0)) }
      : { "rope.scaling.attn_factor": float32(yarnAttention(fields) / magnitude(factor)) }),
  };
}

/** Source: `_compute_yarn_parameters` of transformers. */
function yarnAttention({ factor = 1, attention_factor: attention, mscale, mscale_all_dim: all }: RopeFields): number {
  if (attention != null) return attention;
  return mscale && all ? magnitude(factor, mscale) / magnitude(factor, all) : magnitude(factor);
}

function magnitude(factor: number, weight = 1): number {
  return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
}

/** How Phi-3 reads long texts. Source: `_compute_longrope_parameters` of transformers. */
function longrope(config: ModelConfig, fields: RopeFields, metadata: Metadata): Rope {
  const original = originalContext(config, fields);
  const scale = fields.factor ?? config.max_position_embeddings / original;
  const usual = scale <= 1 ? 1 : Math.sqrt(1 + Math.log(scale) / Math.log(original));
  return {
    metadata: {
      ...metadata,
      "rope.scaling.type": string("longrope"),
      "rope.scaling.original_context_length": uint32(original),
      "rope.scaling.attn_factor": float32(fields.attention_factor ?? usual),
    },
    factors: {
      "rope_factors_long.weight": fields.long_factor ?? [],
      "rope_factors_short.weight": fields.short_factor ?? [],
    },
  };
}

/**
 * Only a part of the frequencies turns, which are those of the whole head. What is divided by so much stands still.
 * Source: `_compute_proportional_rope_parameters` of transformers.
 */
function proportionalFactors({ head_dim: size }: ModelConfig, fields: RopeFields): readonly number[] {
  const turning = Math.trunc((size * (fields.partial_rotary_factor ?? 1)) / 2);
  return Array.from({ length: size / 2 }, (_, index) => (index < turning ? 1 : NO_TURN));
}

const NO_TURN = 1e30;

function originalContext(config: ModelConfig, fields: RopeFields): number {
  return (
    fields.original_max_position_embeddings ?? config.original_max_position_embeddings ?? config.max_position_embeddings
  );
}

/**
 * What each frequency is divided by: nothing for short waves, `factor` for long ones, a mixture in between.
 * Source: `_compute_llama3_parameters` of transformers.
 */
function llama3Factors(fields: RopeFields, theta: number, dimensions: number): readonly number[] {
  const { factor = 8, low_freq_factor: low = 1, high_freq_factor: high = 4 } = fields;
  const context = fields.original_max_position_embeddings ?? 8192;
  return Array.from({ length: dimensions / 2 }, (_, index) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * index) / dimensions);
    if (wavelength < context / high) return 1;
    if (wavelength > context / low) return factor;
    const smooth = (context / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}
