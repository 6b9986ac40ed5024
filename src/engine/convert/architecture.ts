import type { Metadata } from "../formats/gguf.ts";
import type { ModelConfig } from "./model-config.ts";

/** How one family of language models becomes what llama.cpp runs. */
export interface Architecture {
  /** llama.cpp's name of the family, which is also the prefix of its settings in the file. */
  readonly name: string;
  /**
   * A layer's tensors: the name in the repository, after `model.layers.0.` and without `.weight` or `.bias`, to that in
   * the file, after `blk.0.`. A `*` stands for the number of an expert, whose tensors become one; two names are two
   * halves of the rows; three names are query, key and value, whose heads stand together in groups, one for each key head.
   */
  readonly layer: Readonly<Record<string, string | readonly [string, string] | readonly [string, string, string]>>;
  /** Tensors outside of the layers that have other names than in Llama; to those in the file. */
  readonly top?: Readonly<Record<string, string>>;
  /** The activation functions, as `config.json` has them, that llama.cpp computes for the family. */
  readonly activations: readonly string[];
  /** Settings that only this family has, without the prefix. */
  metadata?(config: ModelConfig): Metadata;
  /** Tensors that llama.cpp wants and no repository has: their numbers, by name in the file. */
  tensors?(config: ModelConfig): Readonly<Record<string, readonly number[]>>;
  /** For fields that the family's `config.json` may leave out. */
  readonly defaults?: Partial<ModelConfig>;
  /**
   * llama.cpp rotates neighbouring dimensions of a head, the repository's weights are made for the two halves: the rows
   * of query and key are put into that order.
   */
  readonly interleavesHeads?: boolean;
  /** Norms are kept as their distance from one. */
  readonly normsFromOne?: boolean;
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
