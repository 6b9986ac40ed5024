import { float32 } from "../../formats/gguf.ts";
import type { Architecture } from "../architecture.ts";
import { ropeFields } from "../rope.ts";
import { llama } from "./llama.ts";

/** Mistral Small 3 and Ministral 3, which see as well; of these, attention gets sharper beyond the original context. */
export const mistral3: Architecture = {
  ...llama,
  name: "mistral3",
  metadata(config) {
    const beta = ropeFields(config).llama_4_scaling_beta;
    return beta === undefined ? {} : { "attention.temperature_scale": float32(beta) };
  },
};
