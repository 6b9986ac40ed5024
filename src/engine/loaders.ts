import type { Computer } from "./chat/computer.ts";
import { concurrencyOf } from "./chat/concurrency.ts";
import { createLlamaRuntime } from "./chat/llama.ts";
import { requireOnnxRuntime } from "./embed/installed.ts";
import { encoderMemoryNeed } from "./encoder-need.ts";
import type { Purpose } from "./hub/needed-files.ts";
import type { Loadable } from "./loaded.ts";
import type { MemoryLimit, MemoryNeed } from "./memory.ts";
import type { ChatModel, EmbeddingModel, RerankModel, Snapshot } from "./model.ts";

/** How models come into memory; tests put their own in. */
export interface Loaders {
  /**
   * Whether models can be loaded at all is known before the first byte of one is downloaded; which of two packages one
   * for embeddings needs, when its configuration is there.
   * @throws EngineError `not_installed`
   */
  check(purpose: Purpose): Promise<void>;
  /** Makes of the files what can be loaded, and tells how much memory that takes. */
  chat(files: ModelFilesToLoad): Promise<Loadable<ChatModel>>;
  embedding(files: ModelFilesToLoad): Promise<Loadable<EmbeddingModel>>;
  rerank(files: ModelFilesToLoad): Promise<Loadable<RerankModel>>;
}

export interface ModelFilesToLoad {
  readonly snapshot: Snapshot;
  /** What the model's name asks for: `Q8_0`. */
  readonly quantization: string | undefined;
  readonly signal: AbortSignal;
  /** Takes what is about to be done. */
  readonly tell: (state: "converting") => void;
}

export interface LoaderOptions {
  /** Computing threads of a model. */
  readonly threads: number;
  readonly contextTokens: number;
  readonly gpu: "auto" | "off";
  readonly cacheDirectory: string;
  readonly quantization?: string;
  /** What there is for all models now. */
  readonly memoryLimit: () => MemoryLimit;
  readonly onNotice: (message: string) => void;
  /** Told when llama.cpp has started. */
  readonly onComputer: (computer: Computer) => void;
}

/** The native parts are loaded when the first model is. */
export function nativeLoaders(options: LoaderOptions): Loaders {
  const { threads, contextTokens, gpu, cacheDirectory, onNotice, onComputer } = options;
  let vramBytes = 0;
  const runtime = createLlamaRuntime({
    threads,
    gpu,
    onStart(computer) {
      vramBytes = computer.freeVramBytes;
      onComputer(computer);
    },
  });

  function conversion({ quantization = options.quantization, tell }: ModelFilesToLoad) {
    const memory = options.memoryLimit();
    return { cacheDirectory, quantization, threads, memory, onNotice, onStart: () => tell("converting") };
  }

  /** Of an encoder, or of a language model that reads one text after the other. */
  async function oneByOne(snapshot: Snapshot, weights: string | undefined): Promise<MemoryNeed> {
    if (weights === undefined) return encoderMemoryNeed(snapshot);
    const { chatMemoryNeed } = await import("./chat/memory-need.ts");
    const concurrency = { ...concurrencyOf(vramBytes), maxRunning: 1 };
    return chatMemoryNeed(snapshot.id, weights, { contextTokens, concurrency });
  }

  return {
    async check(purpose) {
      if (purpose === "chat") await runtime();
      if (purpose !== "chat") await requireEither(requireOnnxRuntime, runtime);
    },

    async chat(files) {
      const { snapshot, signal } = files;
      const [{ loadChatModel }, { ggufFile }, { chatMemoryNeed }] = await Promise.all([
        import("./chat/chat-model.ts"),
        import("./convert/gguf-file.ts"),
        import("./chat/memory-need.ts"),
      ]);
      const weights = await ggufFile(snapshot, conversion(files), signal);
      const concurrency = concurrencyOf(vramBytes);
      const need = await chatMemoryNeed(snapshot.id, weights, { contextTokens, concurrency });
      return {
        need,
        load: (bytes, signal) => {
          const cacheBytes = bytes - need.fixedBytes;
          const settings = { threads, contextTokens, gpu, runtime, weights, concurrency, cacheBytes, onNotice };
          return loadChatModel(snapshot, settings, signal);
        },
      };
    },

    async embedding(files) {
      const { snapshot, signal } = files;
      const { embedderFile, isLanguageModel, loadEmbeddingModel } = await import("./embed/embedder.ts");
      await ((await isLanguageModel(snapshot)) ? runtime() : requireOnnxRuntime());
      const weights = await embedderFile(snapshot, conversion(files), signal);
      const load = (_: number, signal: AbortSignal): Promise<EmbeddingModel> =>
        loadEmbeddingModel(snapshot, { threads, cacheDirectory, contextTokens, runtime, weights }, signal);
      return { need: await oneByOne(snapshot, weights), load };
    },

    async rerank(files) {
      const { snapshot, signal } = files;
      const [{ loadReranker, rerankerFile }, { isLanguageModel }] = await Promise.all([
        import("./rerank/reranker.ts"),
        import("./embed/embedder.ts"),
      ]);
      await ((await isLanguageModel(snapshot)) ? runtime() : requireOnnxRuntime());
      const weights = await rerankerFile(snapshot, conversion(files), signal);
      const load = (_: number, signal: AbortSignal): Promise<RerankModel> =>
        loadReranker(snapshot, { threads, cacheDirectory, contextTokens, runtime, weights }, signal);
      return { need: await oneByOne(snapshot, weights), load };
    },
  };
}

/** @throws what the first throws, if the second throws as well. */
async function requireEither(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
  try {
    await first();
  } catch (error) {
    await second().catch(() => {
      throw error;
    });
  }
}
