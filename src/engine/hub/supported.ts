import type { Purpose } from "./needed-files.ts";

/** A model's `config.json`, as far as it is read before the weights are there. */
export interface ModelConfig {
  readonly architectures?: readonly string[] | null;
}

/**
 * Refuses a model that could not be run before its weights are downloaded. What its configuration leaves open is for the
 * loader to say.
 *
 * @throws EngineError `unsupported` that names the architecture, and what is supported.
 */
export async function requireSupported(config: ModelConfig, purpose: Purpose, model: string): Promise<void> {
  const [architecture] = config.architectures ?? [];
  if (architecture === undefined) return;
  switch (purpose) {
    case "chat":
      return requireChat(architecture, model);
    case "embedding":
      return requireEmbedding(config, model);
    case "rerank":
      return requireRerank(config, model);
  }
}

async function requireChat(architecture: string, model: string): Promise<void> {
  const { findArchitecture } = await import("../convert/architectures/index.ts");
  findArchitecture(architecture, model);
}

async function requireEmbedding(config: ModelConfig, model: string): Promise<void> {
  const { findArchitecture, isDecoder } = await import("../embed/architectures.ts");
  if (!isDecoder(config)) findArchitecture(config, model);
}

async function requireRerank(config: ModelConfig, model: string): Promise<void> {
  const { isDecoder } = await import("../embed/architectures.ts");
  const { findCrossEncoder } = await import("../rerank/architectures.ts");
  if (!isDecoder(config)) findCrossEncoder(config, model);
}

/** What is no JSON is for the loader to complain of. */
export function parseConfig(text: string): ModelConfig {
  try {
    return Object(JSON.parse(text)) as ModelConfig;
  } catch {
    return {};
  }
}
