import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { POOLING_MODES, type PoolingMode } from "./pooling.ts";

/** What a repository says about making a vector of a text, beside the encoder itself. */
export interface Recipe {
  /** Stands before every text; empty for most models. */
  readonly prompt: string;
  readonly lowerCase: boolean;
  /** Longer inputs are cut to so many tokens, special ones included; Infinity where the repository names no limit. */
  readonly maxTokens: number;
  /** Several modes make a longer vector. */
  readonly pooling: readonly PoolingMode[];
  readonly normalize: boolean;
}

/** One entry of `modules.json`. */
interface Module {
  readonly type: string;
  /** The folder of its configuration. */
  readonly path: string;
}

interface PoolingConfig {
  readonly pooling_mode?: string | readonly string[];
  readonly include_prompt?: boolean;
  readonly [field: string]: unknown;
}

/** The older fields of a pooling configuration, in the order in which their vectors are joined. */
const POOLING_FIELDS: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  pooling_mode_weightedmean_tokens: "weightedmean",
  pooling_mode_lasttoken: "lasttoken",
};

/**
 * Reads `modules.json` and what it points to. A repository without it is pooled by the mean and not normalised, as
 * sentence-transformers does.
 *
 * @throws EngineError `unsupported` for a module other than Transformer, Pooling and Normalize.
 * Source: https://sbert.net/docs/sentence_transformer/usage/custom_models.html
 */
export async function readRecipe(snapshot: Snapshot): Promise<Recipe> {
  const modules = (await readJson<readonly Module[]>(snapshot, "modules.json")) ?? [];
  for (const module of modules) checkModule(module, snapshot.id);
  const transformer = await readJson<{ max_seq_length?: number | null; do_lower_case?: boolean }>(
    snapshot,
    "sentence_bert_config.json",
  );
  const prompt = await defaultPrompt(snapshot);
  const pooling = modules.find((module) => kind(module) === "Pooling");
  return {
    prompt,
    lowerCase: transformer?.do_lower_case ?? false,
    maxTokens: transformer?.max_seq_length ?? (await tokenizerMaxTokens(snapshot)),
    pooling: pooling === undefined ? ["mean"] : await poolingModes(snapshot, pooling.path, prompt),
    normalize: modules.some((module) => kind(module) === "Normalize"),
  };
}

/** `Pooling` of `sentence_transformers.models.Pooling`. */
function kind(module: Module): string {
  return module.type.split(".").at(-1) ?? module.type;
}

function checkModule(module: Module, model: string): void {
  const known = kind(module) === "Transformer" ? module.path === "" : ["Pooling", "Normalize"].includes(kind(module));
  if (known) return;
  const message = `${model} needs the module ${module.type}${module.path === "" ? "" : ` (in ${module.path}/)`}, which is not supported; supported: Transformer at the top, Pooling, Normalize.`;
  throw new EngineError("unsupported", message);
}

async function defaultPrompt(snapshot: Snapshot): Promise<string> {
  const config = await readJson<{ prompts?: Record<string, string>; default_prompt_name?: string | null }>(
    snapshot,
    "config_sentence_transformers.json",
  );
  return config?.prompts?.[config.default_prompt_name ?? ""] ?? "";
}

/** `model_max_length`, where it is a limit and not the 10³⁰ that stands for none. */
async function tokenizerMaxTokens(snapshot: Snapshot): Promise<number> {
  const config = await readJson<{ model_max_length?: number }>(snapshot, "tokenizer_config.json");
  return config?.model_max_length ?? Infinity;
}

async function poolingModes(snapshot: Snapshot, path: string, prompt: string): Promise<readonly PoolingMode[]> {
  const config = (await readJson<PoolingConfig>(snapshot, `${path}/config.json`)) ?? {};
  const older = Object.entries(POOLING_FIELDS).flatMap(([field, mode]) => (config[field] === true ? [mode] : []));
  const modes = config.pooling_mode === undefined ? older : [config.pooling_mode].flat();
  const unknown = modes.find((mode) => !POOLING_MODES.includes(mode));
  if (unknown !== undefined) {
    const message = `${snapshot.id} pools by "${unknown}", which is not supported; supported: ${POOLING_MODES.join(", ")}.`;
    throw new EngineError("unsupported", message);
  }
  if (config.include_prompt === false && prompt !== "") {
    throw new EngineError(
      "unsupported",
      `${snapshot.id} leaves its prompt out of the pooling, which is not supported.`,
    );
  }
  return modes.length > 0 ? (modes as readonly PoolingMode[]) : ["mean"];
}
