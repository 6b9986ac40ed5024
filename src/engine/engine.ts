import { say } from "../messages/say.ts";
import type { Activity } from "./activities.ts";
import { withCard } from "./card-memory.ts";
import type { Computer } from "./chat/computer.ts";
import { EngineError } from "./errors.ts";
import type { Hub } from "./hub/hub.ts";
import type { Purpose } from "./hub/needed-files.ts";
import { createLoadedModels, type Lease, type Loadable, type LoadedModels, type LoadedState } from "./loaded.ts";
import { type Loaders, type ModelFilesToLoad, nativeLoaders } from "./loaders.ts";
import { createMemory } from "./memory.ts";
import type {
  ChatModel,
  EmbeddingModel,
  EmbedRequest,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  RerankModel,
  RerankRequest,
  RerankResult,
  Snapshot,
} from "./model.ts";
import { formatReference, parseReference, type ModelReference } from "./reference.ts";
import { createWait } from "./unless-aborted.ts";

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
  /** @throws EngineError */
  rerank(
    model: string,
    request: RerankRequest,
    signal: AbortSignal,
  ): Promise<RerankResult & { readonly model: string }>;
  /**
   * Downloads what the purpose needs, and nothing that is there already.
   * @param purpose undefined: what the model is made for.
   */
  pull(model: string, purpose: Purpose | undefined, signal: AbortSignal): Promise<Snapshot>;
  /**
   * Removes a model's files, and what was made of them, from the disk.
   * @returns the bytes that this made free
   * @throws EngineError `model_not_found` where there are none, `busy` while they are downloaded.
   */
  remove(model: string): Promise<number>;
  /** The models on this machine's disk, and what of them is in memory. */
  models(): Promise<readonly LocalModel[]>;
  /** Starts llama.cpp before the first model needs it. @throws EngineError `not_installed` */
  warmUp(): Promise<void>;
  /** Loads a model before it is called, and keeps it as long as a call would. @throws EngineError */
  preload(model: string, signal: AbortSignal): Promise<void>;
  /**
   * Frees a model's memory, when the calls that use it are over; without a quantisation, that of all.
   * @returns whether it was in memory.
   */
  unload(model: string): Promise<boolean>;
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
  /** What it takes of the memory, as estimated; 0 when it is not loaded. */
  readonly memoryBytes: number;
  /** Calls that use it or wait for it now. */
  readonly calls: number;
}

/** Where the models' files come from. */
export type ModelFiles = Pick<Hub, "snapshot" | "purposeOf" | "cached" | "remove">;

export interface EngineOptions {
  readonly hub: ModelFiles;
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
  /** What all models in memory may take together, beside that of a graphics card. */
  readonly memoryBytes: number;
  /** How long a model stays in memory when nobody uses it, unless a call says otherwise. */
  readonly keepAliveMs: number;
  /** Told what the user of this machine should know. */
  readonly onNotice: (message: string) => void;
  /** Told what llama.cpp computes on, when it has started. */
  readonly onComputer?: (computer: Computer) => void;
  /** Told what is done for a model until it is in memory; its download is the hub's to tell. */
  readonly onActivity?: (activity: Activity) => void;
}

/** Takes what is being done for a model. */
type Tell = (state: "converting" | "loading") => void;

/** Makes of files what can be loaded. */
type Prepare<Model> = (files: ModelFilesToLoad) => Promise<Loadable<Model>>;

/** Of a graphics card's memory, others may want some, too. */
const VRAM_SHARE = 0.8;
/**
 * After the hub could not be reached, `local/tiny` answers for `local/chat` this long before the hub is tried again.
 */
const OFFLINE_MS = 60_000;

export function createEngine(options: EngineOptions, ownLoaders?: Loaders): Engine {
  const { hub, defaults, onNotice, onComputer, onActivity = () => undefined } = options;
  const card = createMemory(0, "the graphics card");
  const memory = withCard(createMemory(options.memoryBytes, "OMNIPORT_MEMORY"), card);
  const loaders = ownLoaders ?? nativeLoaders({ ...options, memoryLimit: memory.limit, onComputer: useComputer });
  const chatModels = createLoadedModels<ChatModel>(memory);
  const embeddingModels = createLoadedModels<EmbeddingModel>(memory);
  const rerankModels = createLoadedModels<RerankModel>(memory);
  const references: ReadonlyMap<string, string> = new Map([
    ["local/chat", defaults.chat],
    ["local/tiny", defaults.tiny],
    ["local/embed", defaults.embed],
  ]);
  const closing = new AbortController();
  let offlineUntil = 0;

  function useComputer(computer: Computer): void {
    card.extend(computer.freeVramBytes * VRAM_SHARE);
    onComputer?.(computer);
  }

  function reference(model: string): ModelReference {
    return parseReference(references.get(model) ?? model);
  }

  function snapshot(model: string, purpose: Purpose, signal: AbortSignal): Promise<Snapshot> {
    return hub.snapshot(reference(model), purpose, signal);
  }

  function keyOf(model: string): string {
    return formatReference(reference(model));
  }

  /** Does something that ends in files or in a model, and tells how it goes. */
  async function told<Value>(model: string, signal: AbortSignal, work: (tell: Tell) => Promise<Value>): Promise<Value> {
    const key = keyOf(model);
    try {
      const value = await work((state) => onActivity({ model: key, state }));
      onActivity({ model: key, state: "idle" });
      return value;
    } catch (thrown) {
      const error = thrown instanceof EngineError ? thrown.wording : say.engineUnexpected;
      onActivity(signal.aborted ? { model: key, state: "idle" } : { model: key, state: "failed", error });
      throw thrown;
    }
  }

  /** Downloads a model, loads it, and keeps it from being unloaded until it is released. */
  function lease<Model extends { dispose(): Promise<void> }>(
    models: LoadedModels<Model>,
    purpose: Purpose,
    prepare: Prepare<Model>,
  ): (model: string, signal: AbortSignal, keepAliveMs: number | undefined) => Promise<Lease<Model>> {
    return (model, signal, keepAliveMs = options.keepAliveMs) => {
      const { quantization } = reference(model);
      const prepared = (signal: AbortSignal): Promise<Loadable<Model>> =>
        told(model, signal, async (tell) => {
          await loaders.check(purpose);
          const files = await snapshot(model, purpose, signal);
          const { need, load } = await prepare({ snapshot: files, quantization, signal, tell });
          const loadTold = (bytes: number, signal: AbortSignal): Promise<Model> =>
            told(model, signal, (tell) => {
              tell("loading");
              return load(bytes, signal);
            });
          return { need, load: loadTold };
        });
      return models.lease(keyOf(model), prepared, signal, keepAliveMs);
    };
  }

  const leaseChat = lease(chatModels, "chat", loaders.chat);
  const leaseEmbedding = lease(embeddingModels, "embedding", loaders.embedding);
  const leaseReranker = lease(rerankModels, "rerank", loaders.rerank);

  /** The model itself, or `local/tiny` for a `local/chat` that was never downloaded and cannot be now. */
  async function leaseChatOrTiny(
    model: string,
    signal: AbortSignal,
    keepAliveMs: number | undefined,
  ): Promise<Lease<ChatModel> & { name: string }> {
    if (model !== "local/chat") return { name: model, ...(await leaseChat(model, signal, keepAliveMs)) };
    if (performance.now() >= offlineUntil) {
      try {
        return { name: model, ...(await leaseChat(model, signal, keepAliveMs)) };
      } catch (error) {
        if (!(error instanceof EngineError && error.code === "no_network")) throw error;
        offlineUntil = performance.now() + OFFLINE_MS;
        onNotice(`local/tiny answers instead of local/chat, which was never downloaded. ${error.message}`);
      }
    }
    return { name: "local/tiny", ...(await leaseChat("local/tiny", signal, keepAliveMs)) };
  }

  function states(): readonly LoadedState[] {
    return [...chatModels.states(), ...embeddingModels.states(), ...rerankModels.states()];
  }

  async function unload(model: string): Promise<boolean> {
    const meant = (key: string): boolean => isMeant(key, keyOf(model));
    const all = [chatModels, embeddingModels, rerankModels].map((models) => models.unload(meant));
    return (await Promise.all(all)).includes(true);
  }

  return {
    async generate(model, request, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      const { name, ...held } = await leaseChatOrTiny(model, ended, request.keepAliveMs);
      return { model: name, events: await started(held.model.generate(request, ended), ended, held) };
    },

    async embed(model, request, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      const held = await leaseEmbedding(model, ended, request.keepAliveMs);
      return { model, ...(await used(held, ended, () => held.model.embed(request, ended))) };
    },

    async rerank(model, request, signal) {
      const ended = AbortSignal.any([signal, closing.signal]);
      const held = await leaseReranker(model, ended, request.keepAliveMs);
      return { model, ...(await used(held, ended, () => held.model.rerank(request, ended))) };
    },

    async pull(model, purpose, signal) {
      const pulled = await told(model, signal, async () => {
        return snapshot(model, purpose ?? (await hub.purposeOf(reference(model), signal)), signal);
      });
      if (model === "local/chat") offlineUntil = 0;
      return pulled;
    },

    async remove(model) {
      const key = keyOf(model);
      const isLoaded = states().some((state) => state.loaded && isMeant(state.key, key));
      if (isLoaded) await unload(model); // Windows removes no file that is in use
      const bytes = await hub.remove(key);
      onActivity({ model: key, state: "idle" });
      return bytes;
    },

    async models() {
      const cached = await hub.cached();
      return cached.map(({ name, purpose, bytes }) => {
        const own = states().filter(({ key }) => isMeant(key, name) || isMeant(name, key));
        return {
          name,
          purpose,
          bytes,
          loaded: own.some(({ loaded }) => loaded),
          memoryBytes: own.reduce((sum, state) => sum + state.bytes, 0),
          calls: own.reduce((sum, state) => sum + state.calls, 0),
        };
      });
    },

    warmUp: () => loaders.check("chat"),

    async preload(model, signal) {
      const isEmbedding = model === "local/embed";
      const purpose = isEmbedding ? "embedding" : await hub.purposeOf(reference(model), signal);
      const leases = { chat: leaseChat, embedding: leaseEmbedding, rerank: leaseReranker };
      (await leases[purpose](model, AbortSignal.any([signal, closing.signal]), undefined)).release();
    },

    unload,

    async close() {
      closing.abort(new EngineError("busy", say.engineClosing));
      await Promise.all([chatModels.close(), embeddingModels.close(), rerankModels.close()]);
    },
  };
}

/** Whether a name means the model of that key: without a quantisation, it means all of them. */
function isMeant(key: string, name: string): boolean {
  const { quantization: _, ...all } = parseReference(key);
  return key === name || formatReference(all) === name;
}

/** Works with a model, and lets go of it: one that fails in an unknown way, such as with its thread, is loaded anew. */
async function used<Value>(lease: Lease<unknown>, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted && !(error instanceof EngineError)) lease.discard();
    throw error;
  } finally {
    lease.release();
  }
}

/**
 * Waits for the first event, so that what fails at once throws here; then gives them all.
 * @param lease let go of when the events are over, left, or ended by the signal, also if nobody ever iterates them. Who
 *   waits is let go of at once; the model when it has stopped computing.
 */
async function started<Event>(
  source: AsyncIterable<Event>,
  signal: AbortSignal,
  lease: Lease<unknown>,
): Promise<AsyncIterable<Event>> {
  const events = source[Symbol.asyncIterator]();
  const wait = createWait(signal);
  const leave = async (): Promise<void> => {
    signal.removeEventListener("abort", leave);
    wait.stop();
    // What goes wrong in leaving an answer concerns nobody who has left it.
    await events.return?.().catch(() => undefined);
    lease.release();
  };
  signal.addEventListener("abort", leave, { once: true });

  let first: IteratorResult<Event>;
  try {
    first = await wait.outcome(events.next());
  } catch (error) {
    // On an abort, the listener above has left already.
    if (!signal.aborted) {
      if (!(error instanceof EngineError)) lease.discard();
      await leave();
    }
    throw error;
  }

  return (async function* () {
    try {
      for (let next = first; next.done !== true; next = await wait.outcome(events.next())) yield next.value;
      signal.throwIfAborted();
    } finally {
      if (!signal.aborted) await leave();
    }
  })();
}
