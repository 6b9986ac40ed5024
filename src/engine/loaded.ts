import { say } from "../messages/say.ts";
import { EngineError } from "./errors.ts";
import type { Memory, MemoryNeed, MemoryShare } from "./memory.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** A model that is in memory while somebody holds it. */
export interface Lease<Model> {
  readonly model: Model;
  /** May be called more than once. */
  release(): void;
  /** The same, for a model that has failed: whoever comes next gets it loaded anew. */
  discard(): void;
}

interface Disposable {
  dispose(): Promise<void>;
}

/** A model whose files are there, and which is to be loaded next. */
export interface Loadable<Model> {
  readonly need: MemoryNeed;
  /** @param bytes what it may take: between the least and the best of its need. */
  load(bytes: number, signal: AbortSignal): Promise<Model>;
}

/** A model that is loaded, or being loaded. */
export interface LoadedState {
  readonly key: string;
  readonly loaded: boolean;
  /** Of memory, as estimated. */
  readonly bytes: number;
  /** How many calls use it or wait for it. */
  readonly calls: number;
}

/** The models in memory: each loaded once, however many callers wait for it, and kept while there is room. */
export interface LoadedModels<Model extends Disposable> {
  /**
   * Waits until the model is loaded. A caller whose signal fires leaves alone; when all have left, the load is
   * cancelled.
   * @param prepare called when the model is not there yet; a failure is told to all who wait, and not remembered.
   * @param keepMs how long it stays when nobody uses it any more; the last caller's wish counts.
   * @throws what `prepare` and `Memory.share` throw.
   */
  lease(
    key: string,
    prepare: (signal: AbortSignal) => Promise<Loadable<Model>>,
    signal: AbortSignal,
    keepMs: number,
  ): Promise<Lease<Model>>;
  /** Those that are in use go when their calls are over; new calls load them anew. @returns whether there was one. */
  unload(isMeant: (key: string) => boolean): Promise<boolean>;
  states(): readonly LoadedState[];
  /** Cancels what is loading, and disposes all. */
  close(): Promise<void>;
}

interface Entry<Model> {
  readonly key: string;
  readonly loading: Promise<Model>;
  readonly cancel: AbortController;
  users: number;
  /** While it is loaded. */
  share: MemoryShare | undefined;
  timer: NodeJS.Timeout | undefined;
  disposal: Promise<void> | undefined;
}

/** The longest that a timer can wait; about 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createLoadedModels<Model extends Disposable>(memory: Pick<Memory, "share">): LoadedModels<Model> {
  const entries = new Map<string, Entry<Model>>();
  /** No longer for new callers, but not gone yet. */
  const leaving = new Set<Entry<Model>>();
  const closing = new AbortController();

  function start(key: string, prepare: (signal: AbortSignal) => Promise<Loadable<Model>>): Entry<Model> {
    const cancel = new AbortController();
    const { promise: loading, resolve, reject } = Promise.withResolvers<Model>();
    const entry: Entry<Model> = {
      key,
      loading,
      cancel,
      users: 0,
      share: undefined,
      timer: undefined,
      disposal: undefined,
    };
    entries.set(key, entry);
    load(entry, prepare, AbortSignal.any([cancel.signal, closing.signal])).then(resolve, (error: unknown) => {
      forget(entry);
      reject(error);
    });
    return entry;
  }

  async function load(
    entry: Entry<Model>,
    prepare: (signal: AbortSignal) => Promise<Loadable<Model>>,
    signal: AbortSignal,
  ): Promise<Model> {
    const loadable = await prepare(signal);
    const share = await memory.share(loadable.need, signal);
    try {
      const model = await loadable.load(share.bytes, signal);
      if (signal.aborted) {
        await model.dispose();
        throw signal.reason;
      }
      entry.share = share;
      return model;
    } catch (error) {
      share.free();
      throw error;
    }
  }

  function forget(entry: Entry<Model>): void {
    if (entries.get(entry.key) === entry) entries.delete(entry.key);
  }

  /** Frees the memory, now or when nobody uses it any more. */
  async function remove(entry: Entry<Model>): Promise<void> {
    forget(entry);
    if (entry.share === undefined) return entry.cancel.abort(new EngineError("busy", say.unloaded));
    if (entry.users > 0) return void leaving.add(entry);
    clearTimeout(entry.timer);
    entry.disposal ??= dispose(entry);
    await entry.disposal;
  }

  async function dispose(entry: Entry<Model>): Promise<void> {
    leaving.delete(entry);
    try {
      await (await entry.loading).dispose();
    } catch {
      // What has failed already may fail once more in going; its memory is free in any case.
    } finally {
      entry.share?.free();
    }
  }

  function leave(entry: Entry<Model>, keepMs: number): void {
    entry.users--;
    if (entry.users > 0) return;
    if (entry.share === undefined) {
      forget(entry);
      entry.cancel.abort();
    } else if (keepMs <= 0 || leaving.has(entry)) void remove(entry);
    else {
      entry.share.rest(() => remove(entry));
      if (keepMs <= MAX_TIMER_MS) entry.timer = setTimeout(() => void remove(entry), keepMs).unref();
    }
  }

  return {
    async lease(key, prepare, signal, keepMs) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      const entry = entries.get(key) ?? start(key, prepare);
      clearTimeout(entry.timer);
      entry.share?.hold();
      entry.users++;
      let held = true;
      const release = (): void => {
        if (held) leave(entry, keepMs);
        held = false;
      };
      const discard = (): void => {
        forget(entry);
        leaving.add(entry);
        release();
      };
      try {
        return { model: await unlessAborted(entry.loading, signal), release, discard };
      } catch (error) {
        release();
        throw error;
      }
    },

    async unload(isMeant) {
      const meant = [...entries.values()].filter(({ key }) => isMeant(key));
      await Promise.all(meant.map(remove));
      return meant.length > 0;
    },

    states: () =>
      [...entries.values(), ...leaving].map(({ key, share, users }) => ({
        key,
        loaded: share !== undefined,
        bytes: share?.bytes ?? 0,
        calls: users,
      })),

    async close() {
      closing.abort(new EngineError("busy", say.engineClosing));
      const all = [...entries.values(), ...leaving];
      entries.clear();
      await Promise.allSettled(
        all.map(async (entry) => {
          await entry.loading;
          clearTimeout(entry.timer);
          entry.disposal ??= dispose(entry);
          await entry.disposal;
        }),
      );
    },
  };
}
