import { bool, int32s, uint32, type Metadata } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { ATTENTION, keyHeads } from "./layer-types.ts";
import { granite, graniteMoe } from "./llama.ts";
import { checkMamba2, mamba2Layer, mamba2Metadata, mambaShape } from "./mamba2.ts";

/**
 * Granite 4 with layers of Mamba 2, and with or without experts beside a feed-forward that all tokens pass through.
 * Source: https://huggingface.co/docs/transformers/model_doc/granitemoehybrid
 */
const hybrid: Architecture = {
  ...graniteMoe,
  name: "granitehybrid",
  layer: { ...graniteMoe.layer, ...mamba2Layer("mamba", mambaShape) },
  metadata: (config) => ({ ...graniteMoe.metadata?.(config), ...layers(config) }),
  check: checkMamba2,
};

const WITHOUT_EXPERTS: Architecture["layer"] = {
  "shared_mlp.input_linear": ["ffn_gate", "ffn_up"],
  "shared_mlp.output_linear": "ffn_down",
};

const withoutExperts: Architecture = {
  ...hybrid,
  layer: { ...hybrid.layer, ...WITHOUT_EXPERTS },
  metadata: (config) => ({ ...granite.metadata?.(config), ...layers(config), ...feedForwardLength(config) }),
};

/** Granite 4. Where all layers are attention, llama.cpp has it as Granite 3. */
export const graniteHybrid: Architecture = {
  ...granite,
  layer: { ...granite.layer, ...WITHOUT_EXPERTS },
  metadata: (config) => ({ ...granite.metadata?.(config), ...feedForwardLength(config) }),
  variant({ layer_types: types, num_local_experts: experts = 0 }) {
    const isHybrid = types?.some((type) => !ATTENTION.test(type)) ?? false;
    if (experts > 0) return isHybrid ? hybrid : graniteMoe;
    return isHybrid ? withoutExperts : undefined;
  },
  check(config) {
    const { position_embedding_type: positions } = config;
    if (positions !== "rope") throw unsupportedSetting(config, "position_embedding_type", positions, "rope");
  },
};

function layers(config: ModelConfig): Metadata {
  return {
    ...mamba2Metadata(mambaShape(config)),
    "attention.head_count_kv": int32s(keyHeads(config, ATTENTION)),
    "rope.scaling.finetuned": bool(config.position_embedding_type === "rope"),
  };
}

function feedForwardLength(config: ModelConfig): Metadata {
  return { feed_forward_length: uint32(config.shared_intermediate_size ?? config.intermediate_size) };
}
