/** How the scores of experts become weights. Source: `llama_expert_gating_func_type` of llama.cpp */
export const SOFTMAX = 1;
export const SIGMOID = 2;
