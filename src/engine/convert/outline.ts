import type { Metadata } from "../formats/gguf.ts";
import type { Architecture } from "./architecture.ts";
import { findArchitecture } from "./architectures/index.ts";
import { type ModelConfig, parseModelConfig } from "./model-config.ts";
import { rope } from "./rope.ts";
import { settings } from "./settings.ts";

/** What a model's configuration alone decides of its file. */
export interface Outline {
  readonly architecture: Architecture;
  /** The model's shape and its rope, without the prefix. */
  readonly metadata: Metadata;
  /** Tensors that rope needs: see `Rope`. */
  readonly factors: Readonly<Record<string, readonly number[]>>;
}

/** @throws EngineError `unsupported` for a setting that llama.cpp computes otherwise, or not at all. */
export function outline(config: ModelConfig, architecture: Architecture): Outline {
  const shape = settings(config, architecture);
  const { metadata, factors } = rope(config, architecture);
  return { architecture, metadata: { ...shape, ...metadata }, factors };
}

/**
 * Refuses a chat model by its `config.json`, before there is anything else of it.
 * @throws EngineError `unsupported`, or `corrupt` where a size is missing.
 */
export function requireRunnable(json: object, model: string): void {
  const config = parseModelConfig(json, model, (name) => findArchitecture(name, model));
  const family = findArchitecture(config.architecture, model);
  outline(config, family.variant?.(config) ?? family);
}
