import { float32 } from "../../formats/gguf.ts";
import { DENSE_LAYER, HEAD_NORMS, type Architecture } from "../architecture.ts";
import { unsupportedSetting, type ModelConfig } from "../model-config.ts";
import { requireWholeHeads } from "./heads.ts";
import { layerNorm } from "./layer-norm.ts";
import { window } from "./window.ts";

/** Command R and Aya: attention and feed-forward side by side, after one norm. */
export const cohere: Architecture = {
  name: "command-r",
  layer: { ...DENSE_LAYER, ...HEAD_NORMS },
  activations: ["silu"],
  tied: true,
  metadata: (config) => ({ ...layerNorm(config), logit_scale: float32(config.logit_scale ?? 0.0625) }),
  check(config) {
    checkLayer(config);
    const { use_qk_norm: asked = false, num_hidden_layers: layers } = config;
    // llama.cpp tells by the number of layers whether there are norms of the heads.
    if (asked !== layers >= 64) throw unsupportedSetting(config, "use_qk_norm", asked, String(layers >= 64));
  },
};

/** Command R7B and Command A: most layers look through a window, and only these rotate. */
export const cohere2: Architecture = {
  ...cohere,
  name: "cohere2",
  layer: DENSE_LAYER,
  slides: true,
  defaults: { sliding_window: 4096 },
  metadata: (config) => ({ ...cohere.metadata?.(config), ...window(config, 4) }),
  check: checkLayer,
};

function checkLayer(config: ModelConfig): void {
  requireWholeHeads(config);
  if (config.attention_bias === true) throw unsupportedSetting(config, "attention_bias", true, "false");
}
