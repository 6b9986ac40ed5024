import { ggufHeader, uint32, type GgufHeader } from "../formats/gguf.ts";
import { readTensorIndex } from "../formats/weights.ts";
import type { Snapshot } from "../model.ts";
import { findArchitecture, findEmbedder } from "./architectures/index.ts";
import { readConfig } from "./model-config.ts";
import { outline } from "./outline.ts";
import { poolingSettings, type Pooling } from "./pooling.ts";
import type { Quantization } from "./quantization.ts";
import { withPrefix } from "./settings.ts";
import { planTensors, type PlannedTensor } from "./tensor-plan.ts";
import { vocabulary } from "./vocabulary.ts";

/** A GGUF file before any weights are read. */
export interface GgufPlan {
  readonly header: GgufHeader;
  /** In the order of `header.positions`. */
  readonly tensors: readonly PlannedTensor[];
}

/**
 * Decides all of the file that a repository's weights become.
 * @param pooling of a model that makes embeddings.
 * @throws EngineError `unsupported` for a model that llama.cpp does not run as its maker does, `corrupt` for a damaged one.
 */
export async function planGguf(snapshot: Snapshot, quantization: Quantization, pooling?: Pooling): Promise<GgufPlan> {
  const find = pooling === undefined ? findArchitecture : findEmbedder;
  const config = await readConfig(snapshot, (name) => find(name, snapshot.id));
  const family = find(config.architecture, snapshot.id);
  // Texts to embed are short: no window is shorter.
  const variant = pooling === undefined ? family.variant?.(config) : undefined;
  const { architecture, metadata, factors } = outline(config, variant ?? family);
  const index = await readTensorIndex(snapshot);
  const stored = planTensors(index, config, architecture, quantization);
  const tensors = [...stored, ...Object.entries({ ...factors, ...architecture.tensors?.(config) }).map(generated)];
  const rows = stored.find(({ name }) => name === "token_embd.weight")?.shape[0] ?? 0;
  const all = {
    ...withPrefix(architecture, {
      ...metadata,
      ...(pooling === undefined ? {} : poolingSettings(config, pooling)),
      vocab_size: uint32(rows),
    }),
    ...(await vocabulary(snapshot, config, rows)),
  };
  return { header: ggufHeader(all, tensors), tensors };
}

function generated([name, values]: [string, readonly number[]]): PlannedTensor {
  return { name, shape: [values.length], type: "F32", content: { values } };
}
