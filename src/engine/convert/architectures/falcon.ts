import { FUSED_HEADS, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { fourfold } from "./fourfold.ts";
import { GELU } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";

/**
 * Falcon 1 and 2: attention and feed-forward side by side, after one norm or one each. Falcon 3 is built like Llama.
 * Source: https://huggingface.co/docs/transformers/model_doc/falcon
 */
export const falcon: Architecture = {
  name: "falcon",
  layer: {
    input_layernorm: "attn_norm",
    ln_attn: "attn_norm_2",
    ln_mlp: "attn_norm",
    "self_attention.query_key_value": FUSED_HEADS,
    "self_attention.dense": "attn_output",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
  },
  top: {
    "word_embeddings.weight": "token_embd.weight",
    "ln_f.weight": "output_norm.weight",
    "ln_f.bias": "output_norm.bias",
  },
  activations: GELU,
  metadata: layerNorm,
  defaults: { tie_word_embeddings: true, hidden_act: "gelu" },
  derived(config) {
    const { new_decoder_architecture: grouped = false, multi_query: single = true } = config;
    return { ...fourfold(config), ...(single && !grouped && { num_key_value_heads: 1 }) };
  },
  check(config) {
    const { alibi = false, bias = false, parallel_attn: parallel = true } = config;
    const { new_decoder_architecture: grouped = false } = config;
    if (alibi) throw unsupportedSetting(config, "alibi", alibi, "false");
    if (bias) throw unsupportedSetting(config, "bias", bias, "false");
    if (!parallel && !grouped) throw unsupportedSetting(config, "parallel_attn", parallel, "true");
  },
};
