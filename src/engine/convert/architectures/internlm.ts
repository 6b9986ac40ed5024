import type { Architecture } from "../architecture.ts";
import { requireWholeHeads } from "./heads.ts";
import { llama } from "./llama.ts";

/** InternLM 2 and 2.5, whose code is in their repositories: Llama with query, key and value in one matrix. */
export const internlm2: Architecture = {
  ...llama,
  name: "internlm2",
  hasFrequencyFactors: false,
  layer: {
    attention_norm: "attn_norm",
    "attention.wqkv": ["attn_q", "attn_k", "attn_v"],
    "attention.wo": "attn_output",
    ffn_norm: "ffn_norm",
    "feed_forward.w1": "ffn_gate",
    "feed_forward.w3": "ffn_up",
    "feed_forward.w2": "ffn_down",
  },
  top: { "tok_embeddings.weight": "token_embd.weight", "output.weight": "output.weight" },
  needsOutput: true,
  check: requireWholeHeads,
};
