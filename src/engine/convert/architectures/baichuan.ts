import { DENSE_LAYER, type Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { llama } from "./llama.ts";
import { thirds } from "./thirds.ts";

/** Baichuan 7B, whose code is in its repository: Llama with query, key and value in one matrix. */
export const baichuan: Architecture = {
  ...llama,
  layer: { ...DENSE_LAYER, "self_attn.W_pack": thirds("weight") },
};

/** The one size, of version 1 and of 2, that has no rope. */
const LAYERS_WITHOUT_ROPE = 40;

/** Baichuan 2 7B. Source: https://huggingface.co/baichuan-inc/Baichuan2-7B-Chat/blob/main/modeling_baichuan.py */
export const baichuan2: Architecture = {
  ...baichuan,
  unitOutput: true,
  check(config) {
    const { num_hidden_layers: layers } = config;
    if (layers === LAYERS_WITHOUT_ROPE) throw unsupportedSetting(config, "num_hidden_layers", layers, "32");
  },
};
