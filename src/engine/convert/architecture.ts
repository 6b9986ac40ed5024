import type { Metadata } from "../formats/gguf.ts";
import type { ModelConfig } from "./model-config.ts";

/** How one family of language models becomes what llama.cpp runs. */
export interface Architecture {
  /** llama.cpp's name of the family, which is also the prefix of its settings in the file. */
  readonly name: string;
  /**
   * A layer's tensors: the name in the repository, after `model.layers.0.` and with or without `.weight` or `.bias`, to that
   * in the file, after `blk.0.`. A `*` stands for the number of an expert, whose tensors become one; two names are two
   * halves of the rows; three names are query, key and value, whose heads stand together in groups, one for each key head.
   * What becomes something else is told by places.
   */
  readonly layer: Readonly<
    Record<string, string | readonly [string, string] | readonly [string, string, string] | readonly Place[]>
  >;
  /**
   * Tensors outside of the layers that have other names than in Llama; to those in the file. A `*` stands for the number of
   * one of several, which become one.
   */
  readonly top?: Readonly<Record<string, string | readonly Place[]>>;
  /** The activation functions, as `config.json` has them, that llama.cpp computes for the family. */
  readonly activations: readonly string[];
  /** Settings that only this family has, without the prefix. */
  metadata?(config: ModelConfig): Metadata;
  /** Tensors that llama.cpp wants and no repository has: their numbers, by name in the file. */
  tensors?(config: ModelConfig): Readonly<Record<string, readonly number[]>>;
  /** For fields that the family's `config.json` may leave out. */
  readonly defaults?: Partial<ModelConfig>;
  /** Fields of the usual meaning that the family says in other ways; they win over what `config.json` has there. */
  derived?(config: Partial<ModelConfig>): Partial<ModelConfig>;
  /**
   * llama.cpp rotates neighbouring dimensions of a head, the repository's weights are made for the two halves: the rows
   * of query and key are put into that order.
   */
  readonly interleavesHeads?: boolean;
  /** The layers' matrices have a row for each input, not for each output. */
  readonly transposedLayers?: boolean;
  /** What all numbers of a tensor are multiplied with: by its name in the file, after `blk.0.` if it is in a layer. */
  times?(config: ModelConfig): Readonly<Record<string, number>>;
  /** Each row of the output matrix is used at length 1, whatever its numbers. */
  readonly unitOutput?: boolean;
  /** Norms are kept as their distance from one. */
  readonly normsFromOne?: boolean;
  /** llama.cpp has factors for the frequencies of the layers that see all of the text, by which some do not rotate. */
  readonly ropesProportionally?: boolean;
  /** llama.cpp takes factors of a model's own for the frequencies of its rotation, as Llama 3 has them. */
  readonly hasFrequencyFactors?: boolean;
  /** llama.cpp rotates layers that see a window of the text by a base of their own. */
  readonly ropesWindows?: boolean;
  /** What YaRN multiplies scores with, llama.cpp makes of `mscale_all_dim` itself. */
  readonly yarnScalesScores?: boolean;
  /** llama.cpp has no output matrix of its own for the family: it is always the embedding. */
  readonly tied?: boolean;
  /** llama.cpp wants an output matrix in the file even where it is the embedding. */
  readonly needsOutput?: boolean;
  /** llama.cpp keeps to the sliding window; of others it is not known, so the context must not be longer than it. */
  readonly slides?: boolean;
  /** Another of llama.cpp's families that computes what this one cannot, for models with such settings. */
  variant?(config: ModelConfig): Architecture | undefined;
  /** @throws EngineError `unsupported` for a setting that llama.cpp computes otherwise. */
  check?(config: ModelConfig): void;
}

/** A tensor of a layer in the file that is made of one of the repository, or of a part of it. */
export interface Place {
  /** In a layer that after `blk.0.`; with `.weight` or `.bias` where the file has it. */
  readonly name: string;
  /**
   * The rows that go into it, in the file's order; of a vector, the numbers; of matrices that are transposed, the columns of
   * each. All as they are without it.
   */
  rows?(config: ModelConfig): readonly Span[];
  /** The same for the columns. */
  columns?(config: ModelConfig): readonly Span[];
  /** The rows take turns with those of another tensor: the first of each two go into it, or the second. */
  readonly turn?: 0 | 1;
  /** The matrix has a row for each input, not for each output. */
  readonly isTransposed?: boolean;
  /** Rows of the repository that are a matrix each, to be transposed by itself; all of them have as many. */
  blocks?(config: ModelConfig): readonly Span[];
  /** Where it is not that of the repository's tensor: `source`. */
  shape?(source: readonly number[], config: ModelConfig): readonly number[];
  /** The repository has the logarithm of how fast a state decays; the file the rate, below zero. */
  readonly isLogDecay?: boolean;
}

/** Rows or columns that lie side by side. */
export interface Span {
  readonly from: number;
  readonly count: number;
  /** What rows are multiplied with. */
  readonly times?: number;
}

/** The tensors of a layer as most families name them. */
export const DENSE_LAYER: Architecture["layer"] = {
  input_layernorm: "attn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  post_attention_layernorm: "ffn_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
};

/** For a matrix of query, key and value by groups of heads: all queries first, then all keys, then all values. */
export const FUSED_HEADS: readonly [string, string, string] = ["attn_qkv", "attn_qkv", "attn_qkv"];

/** Norms of each head's query and key. */
export const HEAD_NORMS: Architecture["layer"] = {
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
};

/** Experts in tensors of their own, or all in one, gate over up. */
export const EXPERTS: Architecture["layer"] = {
  "mlp.gate": "ffn_gate_inp",
  "mlp.experts.*.gate_proj": "ffn_gate_exps",
  "mlp.experts.*.up_proj": "ffn_up_exps",
  "mlp.experts.*.down_proj": "ffn_down_exps",
  "mlp.experts.gate_up_proj": ["ffn_gate_exps", "ffn_up_exps"],
  "mlp.experts.down_proj": "ffn_down_exps",
};

/** Experts that all tokens pass through, beside those that are chosen with a bias, as DeepSeek and GLM name them. */
export const SHARED_EXPERTS: Architecture["layer"] = {
  "mlp.gate.e_score_correction_bias": "exp_probs_b.bias",
  "mlp.shared_experts.gate_proj": "ffn_gate_shexp",
  "mlp.shared_experts.up_proj": "ffn_up_shexp",
  "mlp.shared_experts.down_proj": "ffn_down_shexp",
};
