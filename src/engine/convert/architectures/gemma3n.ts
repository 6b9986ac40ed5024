import { uint32 } from "../../formats/gguf.ts";
import type { Architecture, Place } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { gemma3 } from "./gemma.ts";
import { PER_LAYER } from "./gemma4.ts";
import { window } from "./window.ts";

/** The sizes that llama.cpp has built in. */
const LAYERS_WITH_KEYS = 20;
const PERIOD = 5;
const SPARSE_LAYERS = 10;
const SPARSITY = 0.95;
const BUILT_IN = {
  altup_num_inputs: 4,
  altup_active_idx: 0,
  laurel_rank: 64,
  hidden_size_per_layer_input: 256,
  final_logit_softcapping: 30,
} as const;

/** Gemma 3n, what it reads and writes. Source: https://huggingface.co/docs/transformers/model_doc/gemma3n */
export const gemma3n: Architecture = {
  name: "gemma3n",
  layer: {
    ...gemma3.layer,
    ...PER_LAYER.layer,
    "altup.correction_coefs": "altup_correct_coef",
    "altup.correct_output_scale": [{ name: "altup_correct_scale.weight" }],
    "altup.prediction_coefs": "altup_predict_coef",
    "altup.modality_router": "altup_router",
    "altup.router_norm": "altup_router_norm",
    "laurel.linear_left": "laurel_l",
    "laurel.linear_right": "laurel_r",
    "laurel.post_laurel_norm": "laurel_post_norm",
  },
  top: {
    ...PER_LAYER.top,
    "embed_tokens_per_layer.weight": [{ name: "per_layer_token_embd.weight", rows: wholeVocabulary }],
    "altup_projections.*.weight": "altup_proj.weight",
    "altup_unembed_projections.*.weight": "altup_unembd_proj.weight",
  },
  activations: ["gelu_pytorch_tanh"],
  tied: true,
  slides: true,
  ropesWindows: true,
  defaults: {
    ...gemma3.defaults,
    num_key_value_heads: 2,
    max_position_embeddings: 32_768,
    sliding_window: 512,
    vocab_size: 262_400,
    vocab_size_per_layer_input: 262_144,
  },
  derived: ({ intermediate_size: length }) => ({ intermediate_size: Array.isArray(length) ? length[0] : length }),
  metadata: (config) => ({
    ...window(config, PERIOD),
    embedding_length_per_layer_input: uint32(BUILT_IN.hidden_size_per_layer_input),
    "attention.shared_kv_layers": uint32(config.num_kv_shared_layers ?? 15),
  }),
  check,
};

/** Pictures and sounds have tokens without embeddings in the layers: they have those of the first token. */
function wholeVocabulary(config: ModelConfig): ReturnType<NonNullable<Place["rows"]>> {
  const { vocab_size: all = 0, vocab_size_per_layer_input: count = 0 } = config;
  return [{ from: 0, count }, ...Array.from({ length: all - count }, () => ({ from: 0, count: 1 }))];
}

function check(config: ModelConfig): void {
  for (const [field, size] of Object.entries(BUILT_IN)) {
    const value = config[field as keyof typeof BUILT_IN] ?? size;
    if (value !== size) throw unsupportedSetting(config, field, value, String(size));
  }
  const {
    num_hidden_layers: layers,
    num_kv_shared_layers: shared = 15,
    activation_sparsity_pattern: sparsity,
  } = config;
  const isFull = (index: number): boolean => (index + 1) % PERIOD === 0;
  if (config.layer_types?.some((type, index) => (type === "full_attention") !== isFull(index)))
    throw unsupportedSetting(config, "layer_types", config.layer_types, "every fifth layer full_attention");
  const sharing = layers - LAYERS_WITH_KEYS;
  if (shared !== sharing) throw unsupportedSetting(config, "num_kv_shared_layers", shared, String(sharing));
  if (sparsity?.some((share, index) => share !== (index < SPARSE_LAYERS ? SPARSITY : 0)))
    throw unsupportedSetting(config, "activation_sparsity_pattern", sparsity, `${SPARSITY} in ${SPARSE_LAYERS} layers`);
}
