import type { Model } from "../../api/models.ts";
import type { ModelStatus } from "../../engine/model-status.ts";

/** A local model as an entry of `GET /v1/models`. */
export function modelEntry(model: ModelStatus, created: number): Model {
  const { name, state, reference, purpose, bytes, memoryBytes, calls, doneBytes, totalBytes, error } = model;
  return {
    id: name,
    object: "model",
    created,
    owned_by: "local",
    omniport: {
      state,
      ...(reference !== undefined && { reference }),
      ...(purpose !== undefined && { purpose }),
      bytes,
      ...(memoryBytes !== undefined && { memory_bytes: memoryBytes }),
      ...(calls !== undefined && { calls }),
      ...(doneBytes !== undefined && { done_bytes: doneBytes }),
      ...(totalBytes !== undefined && { total_bytes: totalBytes }),
      ...(error !== undefined && { error: error.en, translations: { "zh-TW": error["zh-TW"] } }),
    },
  };
}
