import type { Architecture } from "../architecture.ts";
import { unsupportedSetting } from "../model-config.ts";
import { fourfold } from "./fourfold.ts";
import { gpt2 } from "./gpt2.ts";

/**
 * CodeShell, whose code is in its repository: GPT-2 with rope, and with fewer keys than queries.
 * Source: https://huggingface.co/WisdomShell/CodeShell-7B/blob/main/modeling_codeshell.py
 */
export const codeshell: Architecture = {
  ...gpt2,
  name: "codeshell",
  transposedLayers: false,
  needsOutput: true,
  defaults: {},
  derived({ num_query_groups: groups = 1, group_query_attention: areFewer = true, ...config }) {
    return { ...fourfold(config), ...(areFewer && { num_key_value_heads: groups }) };
  },
  check(config) {
    gpt2.check?.(config);
    const { position_embedding_type: positions } = config;
    if (positions !== "rope") throw unsupportedSetting(config, "position_embedding_type", positions, "rope");
  },
};
