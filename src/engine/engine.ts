import { createLlamaRuntime } from "./chat/llama.ts";
import { requireOnnxRuntime } from "./embed/installed.ts";
import { EngineError } from "./errors.ts";
import type { Hub } from "./hub/hub.ts";
import type { Purpose } from "./hub/needed-files.ts";
import { createLoadedModels, type Lease } from "./loaded.ts";
import type {
  ChatModel,
  EmbeddingModel,
  EmbedRequest,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  Snapshot,
} from "./model.ts";
import { formatReference, parseReference, type ModelReference } from "./reference.ts";

/** Models of the Hugging Face hub on this machine: fetched, loaded and unloaded as calls come. */
export interface Engine {
  /**
   * Resolves with the first event: the model is loaded, and the prompt accepted and read. The events must be iterated,
   * left (`return`), or ended by the signal: until then the model stays in use. The answer's model may be another than
   * the one that was asked for.
   * @throws EngineError
   */
  generate(model: string, request: GenerateRequest, signal: AbortSignal): Promise<Answer>;
  /** @throws EngineError */
  embed(model: string, request: EmbedRequest, signal: AbortSignal): Promise<EmbedResult & { readonly model: string }>;
  /** Downloads what the purpose needs, and nothing that is there already. */
  pull(model: string, purpose: Purpose, signal: AbortSignal): Promise<Snapshot>;
  /** The models on this machine's disk. */
  models(): Promise<readonly LocalModel[]>;
  /** Ends what is running, and frees all memory. */
  close(): Promise<void>;
}

export interface Answer {
  /** The name that was asked for, or that of the model that stands in. */
  readonly model: string;
  readonly events: AsyncIterable<GenerateEvent>;
}

export interface LocalModel {
  readonly name: string;
  readonly purpose: Purpose;
  readonly bytes: number;
  readonly loaded: boolean;
}

export interface EngineOptions {
  readonly hub: Hub;
  /** Computing threads of a model. */
  readonly threads: number;
  /** At most this many tokens of prompt and answer together. */
  readonly contextTokens: number;
  readonly gpu: "auto" | "off";
  /** For what is made from downloaded files. */
  readonly cacheDirectory: string;
  /** How weights that are not GGUF are kept when a name does not say: `Q8_0`, `native`. Without it, by their size. */
  readonly quantization?: string;
  /** What `local/chat`, `local/tiny` and `local/embed` mean, as references: `Qwen/Qwen3-0.6B-GGUF:Q8_0`. */
  readonly defaults: { readonly chat: string; readonly tiny: string; readonly embed: string };
  /** Told what the user of this machine should know. */
  readonly onNotice: (message: string) => void;
}

/** How models come into memory; tests put their own in. */
export interface Loaders {
  /**
   * Whether models can be loaded at all is known before the first byte of one is downloaded.
   * @throws EngineError `not_installed`
   */
  check(purpose: Purpose): Promise<void>;
  /** @param quantization what the model's name asks for: `Q8_0`. */
  chat(snapshot: Snapshot, signal: AbortSignal, quantization?: string): Promise<ChatModel>;
  embedding(snapshot: Snapshot): Promise<EmbeddingModel>;
}

const MAX_CHAT_MODELS = 2;
const MAX_EMBEDDING_MODELS = 2;
/**
 * After the hub could not be reached, `local/tiny` answers for `local/chat` this long before the hub is tried again.
 */
const OFFLINE_MS = 60_000;

export function createEngine(options: EngineOptions, loaders: Loaders = nativeLoaders(options)): Engine {
  const { hub, defaults, onNotice } = options;
  const chatModels = createLoadedModels<ChatModel>(MAX_CHAT_MODELS);
  const embeddingModels = createLoadedModels<EmbeddingModel>(MAX_EMBEDDING_MODELS);
  const references: ReadonlyMap<string, string> = new Map([
    ["local/chat", defaults.chat],
    ["local/tiny", defaults.tiny],
    ["local/embed", defaults.embed],
  ]);
  const closing = new AbortController();
  let offlineUntil = 0;

  function reference(model: string): ModelReference {
    return parseReference(references.get(model) ?? model);
  }

  function snapshot(model: string, purpose: Purpose, signal: AbortSignal): Promise<Snapshot> {
    return hub.snapshot(reference(model), purpose, signal);
  }

  function keyOf(model: string): string {
    return formatReference(reference(model));
  }

  function leaseChat(model: string, signal: AbortSignal): Promise<Lease<ChatModel>> {
    const load = async (signal: AbortSignal): Promise<ChatModel> => {
      await loaders.check("chat");
      return loaders.chat(await snapshot(model, "chat", signal), signal, reference(model).quantization);
    };
    return chatModels.lease(keyOf(model), load, signal);
  }

  /** The model itself, or `local/tiny` for a `local/chat` that was never downloaded and cannot be now. */
  async function leaseChatOrTiny(model: string, signal: AbortSignal): Promise<Lease<ChatModel> & { name: string }> {
    if (model !== "local/chat") return { name: model, ...(await leaseChat(model, signal)) };
    if (performance.now() >= offlineUntil) {
      try {
        return { name: model, ...(await leaseChat(model, signal)) };
      } catch (error) {
        if (!(error instanceof EngineError && error.code === "no_network")) throw error;
        offlineUntil = performance.now() + OFFLINE_MS;
        onNotice(`local/tiny answers instead of local/chat, which was never downloaded. ${error.message}`);
      }
    }
    return { name: "local/tiny", ...(await leaseChat("local/tiny", signal)) };
  }

  return {
    async generate(model, request, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      const { name, model: chatModel, release } = await leaseChatOrTiny(model, ended);
      const events = await started(chatModel.generate(request, ended), ended, release);
      return { model: name, events };
    },

    async embed(model, request, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      const load = async (signal: AbortSignal): Promise<EmbeddingModel> => {
        await loaders.check("embedding");
        return loaders.embedding(await snapshot(model, "embedding", signal));
      };
      const lease = await embeddingModels.lease(keyOf(model), load, ended);
      try {
        return { model, ...(await lease.model.embed(request, ended)) };
      } finally {
        lease.release();
      }
    },

    async pull(model, purpose, signal) {
      const pulled = await snapshot(model, purpose, signal);
      if (model === "local/chat") offlineUntil = 0;
      return pulled;
    },

    async models() {
      const cached = await hub.cached();
      return cached.map(({ name, purpose, bytes }) => {
        const models = purpose === "chat" ? chatModels : embeddingModels;
        return { name, purpose, bytes, loaded: models.has(name) };
      });
    },

    async close() {
      closing.abort(new EngineError("busy", "The engine is closing: try again when it is back."));
      await Promise.all([chatModels.close(), embeddingModels.close()]);
    },
  };
}

/** The native parts are loaded when the first model is. */
function nativeLoaders(options: EngineOptions): Loaders {
  const { threads, contextTokens, gpu, cacheDirectory, onNotice } = options;
  const runtime = createLlamaRuntime({ threads, gpu });
  return {
    async check(purpose) {
      if (purpose === "chat") await runtime();
      else await requireOnnxRuntime();
    },
    async chat(snapshot, signal, quantization = options.quantization) {
      const { loadChatModel } = await import("./chat/chat-model.ts");
      const { ggufFile } = await import("./convert/gguf-file.ts");
      const weights = await ggufFile(snapshot, { cacheDirectory, quantization, threads, onNotice }, signal);
      return loadChatModel(snapshot, { threads, contextTokens, gpu, runtime, weights }, signal);
    },
    async embedding(snapshot) {
      const { loadEmbeddingModel } = await import("./embed/embedder.ts");
      return loadEmbeddingModel(snapshot, { threads, cacheDirectory });
    },
  };
}

/**
 * Waits for the first event, so that what fails at once throws here; then gives them all.
 * @param release called when the events are over, left, or ended by the signal, also if nobody ever iterates them.
 */
async function started<Event>(
  source: AsyncIterable<Event>,
  signal: AbortSignal,
  release: () => void,
): Promise<AsyncIterable<Event>> {
  const events = source[Symbol.asyncIterator]();
  const leave = async (): Promise<void> => {
    signal.removeEventListener("abort", leave);
    // What goes wrong in leaving an answer concerns nobody who has left it.
    await events.return?.().catch(() => undefined);
    release();
  };
  signal.addEventListener("abort", leave, { once: true });

  let first: IteratorResult<Event>;
  try {
    first = await events.next();
    signal.throwIfAborted();
  } catch (error) {
    await leave();
    throw error;
  }

  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await events.next()) yield next.value;
      signal.throwIfAborted();
    } finally {
      await leave();
    }
  })();
}
