/**
 * llama.cpp computes the form with tanh for all of these. The exact one (`gelu`) is nowhere further from it than 0.0005,
 * which changes logits by less than weights in 16 bits do.
 * Source: `ggml_gelu_f32` of https://github.com/ggml-org/ggml/blob/master/src/ggml-cpu/vec.h
 */
export const GELU: readonly string[] = ["gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh"];
