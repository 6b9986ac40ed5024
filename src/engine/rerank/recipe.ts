import { say } from "../../messages/say.ts";
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
 * @param modules that the repository may name.
 * @throws EngineError `unsupported` for further modules, or another activation.
 * Source: `CrossEncoder` of https://github.com/UKPLab/sentence-transformers
 */
export async function readRerankRecipe(
  snapshot: Snapshot,
  modules: readonly string[] = ["Transformer"],
): Promise<RerankRecipe> {
  await checkModules(snapshot, modules);
  const transformer = await readJson<{ max_seq_length?: number | null }>(snapshot, "sentence_bert_config.json");
  const tokenizer = await readJson<{ model_max_length?: number }>(snapshot, "tokenizer_config.json");
  return {
    maxTokens: transformer?.max_seq_length ?? tokenizer?.model_max_length ?? Infinity,
    activation: await activation(snapshot),
  };
}

/** The words that a language model answers with. */
export interface Judgement {
  readonly trueToken: number;
  /** Without it, the logit of the other is the score. */
  readonly falseToken: number | undefined;
}

/**
 * Those that the repository names, else "yes" and "no".
 * @throws EngineError `unsupported` for a vocabulary without these.
 * Source: `LogitScore` of sentence-transformers.
 */
export async function readJudgement(
  snapshot: Snapshot,
  tokenId: (token: string) => number | undefined,
): Promise<Judgement> {
  const module = (await readModules(snapshot)).find(({ type }) => kind(type) === LOGIT_SCORE);
  if (module !== undefined) {
    const path = `${module.path}/config.json`;
    const config = await readJson<{ true_token_id?: number; false_token_id?: number | null }>(snapshot, path);
    if (config?.true_token_id === undefined) {
      throw new EngineError("corrupt", say.noAnswerToken(`${path} of ${snapshot.id}`));
    }
    return { trueToken: config.true_token_id, falseToken: config.false_token_id ?? undefined };
  }
  const [trueToken, falseToken] = ["yes", "no"].map(tokenId);
  if (trueToken !== undefined && falseToken !== undefined) return { trueToken, falseToken };
  throw new EngineError("unsupported", say.noYesNo(snapshot.id));
}

export const LOGIT_SCORE = "LogitScore";

interface Module {
  readonly type: string;
  readonly path: string;
}

async function readModules(snapshot: Snapshot): Promise<readonly Module[]> {
  return (await readJson<readonly Module[]>(snapshot, "modules.json")) ?? [];
}

/** `LogitScore` of `sentence_transformers.cross_encoder.modules.logit_score.LogitScore`. */
function kind(type: string): string {
  return type.split(".").at(-1) ?? type;
}

async function checkModules(snapshot: Snapshot, supported: readonly string[]): Promise<void> {
  const other = (await readModules(snapshot)).find(({ type }) => !supported.includes(kind(type)));
  if (other === undefined) return;
  throw new EngineError("unsupported", say.rerankModule(snapshot.id, other.type, supported.join(", ")));
}

async function activation(snapshot: Snapshot): Promise<RerankRecipe["activation"]> {
  const own = await readJson<{ activation_fn?: string | null }>(snapshot, "config_sentence_transformers.json");
  const config = await readJson<CrossEncoderConfig>(snapshot, "config.json");
  const older = config?.sentence_transformers?.activation_fn ?? config?.sbert_ce_default_activation_function;
  // sentence-transformers runs nobody's own code unasked, and then takes the next.
  const path = [own?.activation_fn, older].find((path) => path?.startsWith("torch."));
  if (path === undefined || path === null) return "sigmoid";
  const known = ACTIVATIONS[path.split(".").at(-1) ?? path];
  if (known !== undefined) return known;
  throw new EngineError("unsupported", say.scoreActivation(snapshot.id, path, Object.keys(ACTIVATIONS).join(", ")));
}
