import { EngineError } from "./errors.ts";
import { unlessAborted } from "./unless-aborted.ts";

/** A model that is in memory while somebody holds it. */
export interface Lease<Model> {
  readonly model: Model;
  /** May be called more than once. */
  release(): void;
}

interface Disposable {
  dispose(): Promise<void>;
}

/** The models in memory: each loaded once, however many callers wait for it, and kept while there is room. */
export interface LoadedModels<Model extends Disposable> {
  /**
   * Waits until the model is loaded. A caller whose signal fires leaves alone; when all have left, the load is
   * cancelled.
   * @param load called when the model is not there yet; a failure is told to all who wait, and not remembered.
   * @throws EngineError `busy` when every place is in use and too many calls wait already.
   */
  lease(key: string, load: (signal: AbortSignal) => Promise<Model>, signal: AbortSignal): Promise<Lease<Model>>;
  has(key: string): boolean;
  /** Cancels what is loading, and disposes all. */
  close(): Promise<void>;
}

interface Entry<Model> {
  readonly key: string;
  readonly loading: Promise<Model>;
  readonly cancel: AbortController;
  users: number;
  loaded: boolean;
}

/** Loads that wait for a place at the same time. */
const MAX_WAITING = 64;

/** @param maxModels how many are kept; the one that was used longest ago goes first, and never one in use. */
export function createLoadedModels<Model extends Disposable>(maxModels: number): LoadedModels<Model> {
  /** Least recently used first. */
  const entries = new Map<string, Entry<Model>>();
  const waiting = new Set<() => void>();
  const closing = new AbortController();
  let places = maxModels;

  function start(key: string, load: (signal: AbortSignal) => Promise<Model>): Entry<Model> {
    const cancel = new AbortController();
    const signal = AbortSignal.any([cancel.signal, closing.signal]);
    const entry: Entry<Model> = { key, cancel, users: 0, loaded: false, loading: loadInPlace(load, signal) };
    entries.set(key, entry);
    entry.loading.then(
      () => (entry.loaded = true),
      () => forget(entry),
    );
    return entry;
  }

  async function loadInPlace(load: (signal: AbortSignal) => Promise<Model>, signal: AbortSignal): Promise<Model> {
    await takePlace(signal);
    try {
      signal.throwIfAborted();
      const model = await load(signal);
      if (!signal.aborted) return model;
      await model.dispose();
      throw signal.reason;
    } catch (error) {
      givePlace();
      throw error;
    }
  }

  async function takePlace(signal: AbortSignal): Promise<void> {
    while (isFull()) {
      const idle = [...entries.values()].find((entry) => entry.loaded && entry.users === 0);
      if (idle === undefined) await nextRelease(signal);
      else await evict(idle);
    }
    places--;
  }

  function isFull(): boolean {
    return places === 0;
  }

  async function evict(entry: Entry<Model>): Promise<void> {
    forget(entry);
    await (await entry.loading).dispose();
    givePlace();
  }

  function givePlace(): void {
    places++;
    wake();
  }

  function forget(entry: Entry<Model>): void {
    if (entries.get(entry.key) === entry) entries.delete(entry.key);
  }

  function nextRelease(signal: AbortSignal): Promise<void> {
    if (waiting.size >= MAX_WAITING) {
      throw new EngineError(
        "busy",
        `All ${maxModels} models in memory are in use, and ${MAX_WAITING} others wait already.`,
      );
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    return unlessAborted(promise, signal).finally(() => waiting.delete(resolve));
  }

  function wake(): void {
    for (const resolve of waiting) resolve();
  }

  function leave(entry: Entry<Model>): void {
    entry.users--;
    if (entry.users > 0) return;
    if (!entry.loaded) {
      forget(entry);
      entry.cancel.abort();
    }
    wake();
  }

  return {
    async lease(key, load, signal) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      const entry = entries.get(key) ?? start(key, load);
      entries.delete(key);
      entries.set(key, entry); // now the most recently used one
      entry.users++;
      let held = true;
      const release = (): void => {
        if (held) leave(entry);
        held = false;
      };
      try {
        return { model: await unlessAborted(entry.loading, signal), release };
      } catch (error) {
        release();
        throw error;
      }
    },

    has: (key) => entries.get(key)?.loaded ?? false,

    async close() {
      closing.abort(new EngineError("busy", "The engine is closing: try again when it is back."));
      const all = [...entries.values()];
      entries.clear();
      await Promise.allSettled(all.map(async ({ loading }) => (await loading).dispose()));
    },
  };
}
