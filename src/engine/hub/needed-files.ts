import { say } from "../../messages/say.ts";
import { parseQuantization, QUANTIZATIONS } from "../convert/quantization.ts";
import { EngineError } from "../errors.ts";
import { names, preference, quantizationOf } from "./quantization.ts";

/** What a model is to be used for; it decides which of a repository's files are needed. */
export const PURPOSES = ["chat", "embedding", "rerank"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface FileEntry {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly size: number;
}

/** One model in GGUF: a file, or all the parts of a split one in their order. */
interface GgufModel<File extends FileEntry> {
  readonly name: string;
  readonly files: readonly File[];
  readonly bytes: number;
}

const CHAT_EXTRAS =
  /^(?:config|generation_config|tokenizer[\w.-]*|special_tokens_map|chat_template)\.json$|^chat_template\.jinja$/;
/** Read where there is no `tokenizer.json`, as are tables of tiktoken. */
const OLDER_TOKENIZER = new Set([
  "tokenizer.model",
  "sentencepiece.bpe.model",
  "spiece.model",
  "spm.model",
  "tekken.json",
  "tiktoken.model",
  "vocab.json",
  "merges.txt",
  "added_tokens.json",
]);
const EMBEDDING_EXTRAS =
  /^(?:config|tokenizer[\w.-]*|special_tokens_map|modules|sentence_[\w-]+_config|config_sentence_transformers|chat_template)\.json$|^(?:vocab\.txt|chat_template\.jinja)$/;
/** The folders of a sentence-transformers model: `1_Pooling`, `2_Dense`. */
const MODULE_FILE = /^(\d+_[A-Za-z]+)\/(?:config\.json|model\.safetensors|(pytorch_model\.bin))$/;
/** Of a language model that ranks documents. */
const LOGIT_SCORE = "1_LogitScore/config.json";
/** Files that go with a language model and are none. */
const NOT_A_MODEL = /(?<![A-Za-z0-9])(?:mmproj|imatrix|lora|vocab|projector)(?![A-Za-z0-9])/i;
const SHARD = /-(\d{5})-of-(\d{5})(\.gguf|\.safetensors|\.bin)$/i;
/** Weights that are not GGUF, the better format first: one file, or shards with an index beside them. */
const PLAIN_WEIGHTS: readonly { readonly whole: string; readonly shard: RegExp }[] = [
  { whole: "model.safetensors", shard: /^model-\d{5}-of-\d{5}\.safetensors$/ },
  { whole: "pytorch_model.bin", shard: /^pytorch_model-\d{5}-of-\d{5}\.bin$/ },
];

/**
 * Chooses what the purpose needs: the weights in one quantisation, configuration and tokenizer.
 *
 * @returns undefined where the weights are not there, or not in the quantisation that was asked for: `missing` says why.
 */
export function neededFiles<File extends FileEntry>(
  files: readonly File[],
  purpose: Purpose,
  quantization: string | undefined,
): readonly File[] | undefined {
  const weights = purpose === "chat" ? chatWeights(files, quantization) : plainWeights(files);
  if (!weights) return undefined;
  const wanted = (path: string): boolean => {
    if (OLDER_TOKENIZER.has(path) || /^[\w.-]+\.tiktoken$/.test(path)) return !has(files, "tokenizer.json");
    return purpose === "chat" ? CHAT_EXTRAS.test(path) : EMBEDDING_EXTRAS.test(path) || isOfModule(files, path);
  };
  return [...files.filter((file) => wanted(file.path)), ...weights];
}

/** Why `neededFiles` found nothing, for the person who asked. */
export function missing(
  model: string,
  files: readonly FileEntry[],
  purpose: Purpose,
  quantization: string | undefined,
): EngineError {
  const found = weightFiles(files);
  if (purpose !== "chat") return new EngineError("unsupported", say.noEmbeddingWeights(model, found));
  const models = ggufModels(files);
  if (quantization !== undefined && models.length > 0)
    return new EngineError(
      "model_not_found",
      say.noQuantization(model, quantization, quantizations(models).join(", ")),
    );
  if (isEncoder(files)) return new EngineError("unsupported", say.doesNotChat(model, found));
  if (quantization !== undefined && plainWeights(files))
    return new EngineError("model_not_found", say.noGgufIn(model, quantization, QUANTIZATIONS.join(", ")));
  return new EngineError("unsupported", say.noChatWeights(model, found));
}

/** The models in GGUF among the files, each with the quantisation that its name tells. */
export function quantizedModels(
  files: readonly FileEntry[],
): readonly { readonly quantization: string | undefined; readonly bytes: number }[] {
  return ggufModels(files).map(({ name, bytes }) => ({ quantization: quantizationOf(name), bytes }));
}

/**
 * What a repository is made for.
 * @param architecture as its `config.json` names it.
 */
export function guessPurpose(files: readonly FileEntry[], architecture = ""): Purpose | undefined {
  if (ggufModels(files).length > 0) return "chat";
  if (!plainWeights(files)) return undefined;
  if (architecture.endsWith("ForSequenceClassification") || has(files, LOGIT_SCORE)) return "rerank";
  if (isEncoder(files)) return "embedding";
  if (/For(?:CausalLM|ConditionalGeneration)$/.test(architecture)) return "chat";
  if (/(?:Model|ForMaskedLM)$/.test(architecture)) return "embedding";
  return has(files, "generation_config.json") ? "chat" : undefined;
}

/** Of a module's weights in two formats, the better one is needed. */
function isOfModule(files: readonly FileEntry[], path: string): boolean {
  const [, folder, older] = MODULE_FILE.exec(path) ?? [];
  return folder !== undefined && (older === undefined || !has(files, `${folder}/model.safetensors`));
}

/** Whether a repository is laid out for sentence-transformers. */
function isEncoder(files: readonly FileEntry[]): boolean {
  return has(files, "modules.json");
}

function has(files: readonly FileEntry[], path: string): boolean {
  return files.some((file) => file.path === path);
}

/** A GGUF file where there is a fitting one; else what it can be made of. */
function chatWeights<File extends FileEntry>(
  files: readonly File[],
  asked: string | undefined,
): readonly File[] | undefined {
  const gguf = chooseGguf(ggufModels(files), asked)?.files;
  if (gguf || isEncoder(files)) return gguf;
  return asked === undefined || parseQuantization(asked) !== undefined ? plainWeights(files) : undefined;
}

/** Whether a file holds numbers of a model, not its settings. */
export function isWeights(path: string): boolean {
  return /\.(?:gguf|safetensors|bin|onnx|pt|pth|h5|msgpack)$/i.test(path);
}

/** Whether a file is a GGUF model in that quantisation, or a part of one. */
export function isInQuantization(path: string, asked: string): boolean {
  return /\.gguf$/i.test(path) && names(wholeName(path), asked) !== undefined;
}

/** The name that all parts of a split file have in common; other files' own name. */
export function wholeName(path: string): string {
  return path.replace(SHARD, "$3");
}

function chooseGguf<File extends FileEntry>(
  models: readonly GgufModel<File>[],
  asked: string | undefined,
): GgufModel<File> | undefined {
  if (asked !== undefined)
    return (
      models.find((model) => names(model.name, asked) === "label") ?? models.find((model) => names(model.name, asked))
    );
  const rank = (model: GgufModel<File>): number => preference(quantizationOf(model.name), model.bytes);
  return models.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** All that are complete; one file before many, then by name. */
function ggufModels<File extends FileEntry>(files: readonly File[]): readonly GgufModel<File>[] {
  const candidates = files.filter((file) => /\.gguf$/i.test(file.path) && !NOT_A_MODEL.test(file.path));
  const groups = Map.groupBy(candidates, (file) => wholeName(file.path));
  return [...groups]
    .map(([name, parts]) => ({
      name,
      files: parts.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      bytes: parts.reduce((sum, part) => sum + part.size, 0),
    }))
    .filter(({ files: parts }) => isComplete(parts))
    .toSorted((a, b) => a.files.length - b.files.length || (a.name < b.name ? -1 : 1));
}

function plainWeights<File extends FileEntry>(files: readonly File[]): readonly File[] | undefined {
  for (const { whole, shard } of PLAIN_WEIGHTS) {
    const one = files.find((file) => file.path === whole);
    if (one) return [one];
    const index = files.find((file) => file.path === `${whole}.index.json`);
    const shards = files.filter((file) => shard.test(file.path));
    if (index && shards.length > 0 && isComplete(shards)) return [index, ...shards];
  }
  return undefined;
}

/** Those of gpt-oss are counted from 0 on, and are one more than their names say. */
function isComplete(parts: readonly FileEntry[]): boolean {
  const total = SHARD.exec(parts[0]?.path ?? "")?.[2];
  return total === undefined ? parts.length === 1 : parts.length >= Number(total);
}

function quantizations(models: readonly GgufModel<FileEntry>[]): readonly string[] {
  return [...new Set(models.map(({ name }) => quantizationOf(name) ?? name))];
}

function weightFiles(files: readonly FileEntry[]): string {
  const weights = files.map((file) => file.path).filter(isWeights);
  if (weights.length === 0) return "none";
  return weights.length <= 8 ? weights.join(", ") : `${weights.slice(0, 8).join(", ")} and ${weights.length - 8} more`;
}
