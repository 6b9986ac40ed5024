import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readGgufMetadata } from "../formats/gguf-metadata.ts";
import { readTensorIndex } from "../formats/weights.ts";
import type { Snapshot } from "../model.ts";
import type { FileEntry, Purpose } from "./needed-files.ts";
import { quantizationOf } from "./quantization.ts";

/** What is known of a model on disk without loading it; what its files do not say is left out. */
export interface ModelDescription {
  /** As a client writes it: `owner/repo:Q8_0`. */
  readonly name: string;
  readonly purpose: Purpose;
  readonly directory: string;
  /** The hub's commit, or the SHA-256 of the wheel that the files are from. */
  readonly revision: string;
  /** Those that the purpose needs. */
  readonly files: readonly FileEntry[];
  /** Of all these files. */
  readonly bytes: number;
  /** As `config.json` names it (`LlamaForCausalLM`), or the GGUF file (`llama`). */
  readonly architecture?: string;
  readonly parameters?: number;
  /** Of a GGUF file: `Q4_K_M`. */
  readonly quantization?: string;
  /** The longest text that the model was made for. */
  readonly contextTokens?: number;
  readonly licence?: string;
  /** In Jinja, where the model has one. */
  readonly chatTemplate?: string;
}

/** What a model's files say of it. */
type Facts = Pick<
  ModelDescription,
  "architecture" | "parameters" | "quantization" | "contextTokens" | "licence" | "chatTemplate"
>;

/** A model's `config.json` and `tokenizer_config.json`, as far as they are read here. */
interface ConfigFile {
  readonly architectures?: readonly string[] | null;
  readonly max_position_embeddings?: number;
  readonly text_config?: { readonly max_position_embeddings?: number };
  readonly chat_template?: unknown;
}

/** @throws EngineError `corrupt` for weights that cannot be read. */
export async function facts(snapshot: Snapshot): Promise<Facts> {
  const gguf = snapshot.files.find((file) => /\.gguf$/i.test(file));
  const [ofWeights, ofConfig, licence] = await Promise.all([
    gguf === undefined ? weightsFacts(snapshot) : ggufFacts(snapshot, gguf),
    configFacts(snapshot),
    licenceOf(snapshot),
  ]);
  return { ...ofWeights, ...ofConfig, ...(licence !== undefined && { licence }) };
}

async function ggufFacts(snapshot: Snapshot, first: string): Promise<Facts> {
  const parts = snapshot.files.filter((file) => /\.gguf$/i.test(file));
  const [head, ...others] = await Promise.all(parts.map((part) => readGgufMetadata(join(snapshot.directory, part))));
  const text = (key: string): string | undefined => {
    const value = head?.values.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const architecture = text("general.architecture");
  const contextTokens = head?.values.get(`${architecture}.context_length`);
  return defined({
    architecture,
    parameters: others.reduce((sum, part) => sum + part.parameters, head?.parameters ?? 0),
    quantization: quantizationOf(first),
    contextTokens: typeof contextTokens === "number" ? contextTokens : undefined,
    licence: text("general.license"),
    chatTemplate: text("tokenizer.chat_template"),
  });
}

async function weightsFacts(snapshot: Snapshot): Promise<Facts> {
  const tensors = await readTensorIndex(snapshot);
  const elements = [...tensors.values()].map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  return { parameters: elements.reduce((sum, count) => sum + count, 0) };
}

async function configFacts(snapshot: Snapshot): Promise<Facts> {
  const [config, tokenizer, template] = await Promise.all([
    readIfThere(snapshot, "config.json"),
    readIfThere(snapshot, "tokenizer_config.json"),
    readIfThere(snapshot, "chat_template.jinja"),
  ]);
  const { architectures, max_position_embeddings: own, text_config: inner } = parse(config);
  const { chat_template: inTokenizer } = parse(tokenizer);
  return defined({
    architecture: architectures?.[0],
    contextTokens: own ?? inner?.max_position_embeddings,
    chatTemplate: template ?? (typeof inTokenizer === "string" ? inTokenizer : undefined),
  });
}

/** From the front matter of the model card, where somebody has fetched it. */
async function licenceOf(snapshot: Snapshot): Promise<string | undefined> {
  const card = await readFile(join(snapshot.directory, "README.md"), "utf8").catch(() => ""); // Mostly not fetched.
  const frontMatter = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1];
  return /^license:\s*["']?([\w.-]+)/m.exec(frontMatter ?? "")?.[1];
}

async function readIfThere({ directory, files }: Snapshot, file: string): Promise<string | undefined> {
  return files.includes(file) ? await readFile(join(directory, file), "utf8") : undefined;
}

/** What is no JSON says nothing. */
function parse(text = "{}"): ConfigFile {
  try {
    return JSON.parse(text) as ConfigFile;
  } catch {
    return {};
  }
}

/** Without the fields that have no value. */
function defined(facts: { readonly [Key in keyof Facts]: Facts[Key] | undefined }): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
