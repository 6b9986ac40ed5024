import { unsupportedSetting, type ModelConfig } from "../model-config.ts";

/** Of families whose heads together are as long as a state in llama.cpp. */
export function requireWholeHeads(config: ModelConfig): void {
  const { head_dim: size, hidden_size: all, num_attention_heads: heads } = config;
  if (size * heads !== all) throw unsupportedSetting(config, "head_dim", size, String(all / heads));
}
