import type { Llama, LlamaModel, LlamaModelOptions } from "node-llama-cpp";
import { loadFailure } from "./contexts.ts";
import { requireSingleMatrices } from "./matrix-unit.ts";

/**
 * Loads a GGUF file into llama.cpp.
 *
 * @param what what to call the file in errors, and `id` the model.
 * @throws EngineError `unsupported` or `out_of_memory`; the signal's reason.
 */
export async function loadWeights(
  llama: Llama,
  options: LlamaModelOptions,
  { what, id }: { readonly what: string; readonly id: string },
  signal: AbortSignal,
): Promise<LlamaModel> {
  const model = await llama.loadModel({ ...options, loadSignal: signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw loadFailure(what, error);
  });
  try {
    await requireSingleMatrices(model, id);
    return model;
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
