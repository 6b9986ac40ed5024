import { EngineError } from "../errors.ts";
import { readJson } from "../formats/json.ts";
import type { Snapshot } from "../model.ts";

/** What a repository says about scoring a pair, beside the cross-encoder itself. */
export interface RerankRecipe {
  /** Longer pairs are cut to so many tokens, special ones included; Infinity where the repository names no limit. */
  readonly maxTokens: number;
  /** What becomes of the logit. */
  readonly activation: "identity" | "sigmoid";
}

interface CrossEncoderConfig {
  readonly sentence_transformers?: { readonly activation_fn?: string };
  /** Where versions before 4 kept it. */
  readonly sbert_ce_default_activation_function?: string | null;
}

const ACTIVATIONS: Readonly<Record<string, RerankRecipe["activation"]>> = { Identity: "identity", Sigmoid: "sigmoid" };

/**
 * Reads it as sentence-transformers does: without a word about it, a score is the logit's sigmoid.
 * @throws EngineError `unsupported` for further modules, or another activation.
 * Source: `CrossEncoder` of https://github.com/UKPLab/sentence-transformers
 */
export async function readRerankRecipe(snapshot: Snapshot): Promise<RerankRecipe> {
  await checkModules(snapshot);
  const transformer = await readJson<{ max_seq_length?: number | null }>(snapshot, "sentence_bert_config.json");
  const tokenizer = await readJson<{ model_max_length?: number }>(snapshot, "tokenizer_config.json");
  return {
    maxTokens: transformer?.max_seq_length ?? tokenizer?.model_max_length ?? Infinity,
    activation: await activation(snapshot),
  };
}

async function checkModules(snapshot: Snapshot): Promise<void> {
  const modules = (await readJson<readonly { readonly type: string }[]>(snapshot, "modules.json")) ?? [];
  const other = modules.find(({ type }) => !type.endsWith(".Transformer"));
  if (other === undefined) return;
  const message = `${snapshot.id} needs the module ${other.type}, which is not supported in a cross-encoder; supported: Transformer.`;
  throw new EngineError("unsupported", message);
}

async function activation(snapshot: Snapshot): Promise<RerankRecipe["activation"]> {
  const own = await readJson<{ activation_fn?: string | null }>(snapshot, "config_sentence_transformers.json");
  const config = await readJson<CrossEncoderConfig>(snapshot, "config.json");
  const path =
    own?.activation_fn ??
    config?.sentence_transformers?.activation_fn ??
    config?.sbert_ce_default_activation_function ??
    "torch.nn.modules.activation.Sigmoid";
  // sentence-transformers runs nobody's own code unasked, and then takes the default.
  if (!path.startsWith("torch.")) return "sigmoid";
  const known = ACTIVATIONS[path.split(".").at(-1) ?? path];
  if (known !== undefined) return known;
  throw new EngineError(
    "unsupported",
    `${snapshot.id} makes its scores with ${path}, which is not supported; supported: ${Object.keys(ACTIVATIONS).join(", ")}.`,
  );
}
