import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";
import { POOLING_MODES, type PoolingMode } from "./pooling.ts";

/** What a repository says about making a vector of a text, beside the encoder itself. */
export interface Recipe {
  /** What may stand before a text, by name: `query`, `document`. */
  readonly prompts: ReadonlyMap<string, string>;
  /** Stands before every text that comes without a prompt of its own; empty for most models. */
  readonly defaultPrompt: string;
  readonly lowerCase: boolean;
  /** Longer inputs are cut to so many tokens, special ones included; Infinity where the repository names no limit. */
  readonly maxTokens: number;
  /** Several modes make a longer vector. */
  readonly pooling: readonly PoolingMode[];
  /** Whether the prompt's tokens are part of what is pooled. */
  readonly poolsPrompt: boolean;
  /** What is done to the pooled vector, in this order. */
  readonly steps: readonly Step[];
}

export interface Step {
  readonly kind: StepKind;
  /** The folder of its configuration and weights. */
  readonly path: string;
}

export type StepKind = (typeof STEP_KINDS)[number];

/** One entry of `modules.json`. */
interface Module {
  readonly type: string;
  readonly path: string;
}

interface PoolingConfig {
  readonly pooling_mode?: string | readonly string[];
  readonly include_prompt?: boolean;
  readonly [field: string]: unknown;
}

interface TransformerConfig {
  readonly max_seq_length?: number | null;
  readonly do_lower_case?: boolean;
}

const STEP_KINDS = ["Dense", "LayerNorm", "Normalize", "Dropout"] as const;
/** The names that the library's versions have given to the configuration of its Transformer module. */
const TRANSFORMER_CONFIGS = ["bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet"].map(
  (family) => `sentence_${family}_config.json`,
);
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
 * @throws EngineError `unsupported` for modules that are not known, or in another order.
 * Source: https://sbert.net/docs/sentence_transformer/usage/custom_models.html
 */
export async function readRecipe(snapshot: Snapshot): Promise<Recipe> {
  const modules = (await readJson<readonly Module[]>(snapshot, "modules.json")) ?? [];
  modules.forEach((module, index) => checkModule(module, index, snapshot.id));
  const config = TRANSFORMER_CONFIGS.find((file) => snapshot.files.includes(file));
  const transformer = config === undefined ? undefined : await readJson<TransformerConfig>(snapshot, config);
  const pooling = modules.find((module) => kind(module) === "Pooling");
  return {
    ...(await readPrompts(snapshot)),
    lowerCase: transformer?.do_lower_case ?? false,
    maxTokens: transformer?.max_seq_length ?? (await tokenizerMaxTokens(snapshot)),
    ...(await readPooling(snapshot, pooling?.path)),
    steps: modules.flatMap((module) => {
      const step = STEP_KINDS.find((each) => each === kind(module));
      return step === undefined ? [] : [{ kind: step, path: module.path }];
    }),
  };
}

/** `Pooling` of `sentence_transformers.models.Pooling`. */
function kind(module: Module): string {
  return module.type.split(".").at(-1) ?? module.type;
}

/** The encoder stands first, the pooling second, the steps after them. */
function checkModule(module: Module, index: number, model: string): void {
  const name = kind(module);
  const isStep = STEP_KINDS.some((step) => step === name);
  const fits = index === 0 ? name === "Transformer" && module.path === "" : (name === "Pooling") === (index === 1);
  if (fits && (index < 2 || isStep)) return;
  const message = say.modulePlace(model, module.type, module.path, index + 1, STEP_KINDS.join(", "));
  throw new EngineError("unsupported", message);
}

async function readPrompts(snapshot: Snapshot): Promise<Pick<Recipe, "prompts" | "defaultPrompt">> {
  const config = await readJson<{
    prompts?: Readonly<Record<string, string>> | null;
    default_prompt_name?: string | null;
  }>(snapshot, "config_sentence_transformers.json");
  const prompts = new Map(Object.entries(config?.prompts ?? {}));
  return { prompts, defaultPrompt: prompts.get(config?.default_prompt_name ?? "") ?? "" };
}

/** `model_max_length`, where it is a limit and not the 10³⁰ that stands for none. */
async function tokenizerMaxTokens(snapshot: Snapshot): Promise<number> {
  const config = await readJson<{ model_max_length?: number }>(snapshot, "tokenizer_config.json");
  return config?.model_max_length ?? Infinity;
}

async function readPooling(
  snapshot: Snapshot,
  path: string | undefined,
): Promise<Pick<Recipe, "pooling" | "poolsPrompt">> {
  const read = path === undefined ? undefined : await readJson<PoolingConfig>(snapshot, `${path}/config.json`);
  const config = read ?? {};
  const older = Object.entries(POOLING_FIELDS).flatMap(([field, mode]) => (config[field] === true ? [mode] : []));
  const modes = config.pooling_mode === undefined ? older : [config.pooling_mode].flat();
  const unknown = modes.find((mode) => !POOLING_MODES.includes(mode));
  if (unknown !== undefined) {
    throw new EngineError("unsupported", say.pooling(snapshot.id, unknown, POOLING_MODES.join(", ")));
  }
  const pooling = modes.length > 0 ? (modes as readonly PoolingMode[]) : (["mean"] as const);
  return { pooling, poolsPrompt: config.include_prompt ?? true };
}
