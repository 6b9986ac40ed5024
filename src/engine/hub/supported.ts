import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { parseJson } from "../formats/json.ts";
import type { FileEntry, Purpose } from "./needed-files.ts";

/** A model's `config.json`, as far as it is read before the weights are there. */
export interface ModelConfig {
  readonly architectures?: readonly string[] | null;
}

/**
 * Refuses a model that could not be run before its weights are downloaded. What its configuration leaves open is for the
 * loader to say.
 *
 * @throws EngineError `unsupported` that names the architecture or the setting, and what is supported.
 */
export async function requireSupported(config: ModelConfig, purpose: Purpose, model: string): Promise<void> {
  const [architecture] = config.architectures ?? [];
  if (architecture === undefined) return;
  switch (purpose) {
    case "chat":
      return requireChat(config, model);
    case "embedding":
      return requireEmbedding(config, model);
    case "rerank":
      return requireRerank(config, model);
  }
}

async function requireChat(config: ModelConfig, model: string): Promise<void> {
  const { requireRunnable } = await import("../convert/outline.ts");
  try {
    requireRunnable(config, model);
  } catch (error) {
    // What is missing is for the loader to complain of.
    if (error instanceof EngineError && error.code === "unsupported") throw error;
  }
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

/** Files that hold a chat template, or from which one is made: Mistral's tokenizer, and what code in the repository does. */
const TEMPLATE_FILE = /^(?:chat_template\.(?:jinja|json)|tekken\.json|tokenization\w*\.py)$/;

/**
 * Refuses a model that was not trained to chat before its weights are downloaded.
 *
 * @param files all of the repository's.
 * @param tokenizerConfig the text of `tokenizer_config.json`, where there is one.
 * @throws EngineError `unsupported`
 */
export function requireTemplate(files: readonly FileEntry[], tokenizerConfig: string | undefined, model: string): void {
  if (files.some(({ path }) => TEMPLATE_FILE.test(path))) return;
  if (tokenizerConfig?.includes('"chat_template"')) return;
  throw new EngineError("unsupported", say.noTemplate(model));
}

/** What is no JSON is for the loader to complain of. */
export function parseConfig(text: string): ModelConfig {
  try {
    return Object(parseJson(text)) as ModelConfig;
  } catch {
    return {};
  }
}
