import { join } from "node:path";
import type { LocalConfig } from "./config.ts";
import type { Engine } from "./engine/engine.ts";
import type { Hub } from "./engine/hub/hub.ts";
import type { Progress } from "./engine/model.ts";

/** The part of the configuration that the engine needs. */
interface LocalSettings {
  readonly local: LocalConfig;
}

export interface LocalListeners {
  /** Many times a second while files arrive. */
  readonly onProgress: (progress: Progress) => void;
  /** One plain sentence for the log. */
  readonly onNotice: (message: string) => void;
}

/** The models' files: what is on this machine, and the way to more. Loads nothing native. */
export async function createLocalHub({ local }: LocalSettings, listeners: LocalListeners): Promise<Hub> {
  const [{ createHub }, { KNOWN_MIRRORS }] = await Promise.all([
    import("./engine/hub/hub.ts"),
    import("./engine/hub/wheel.ts"),
  ]);
  return createHub({
    ...local.hub,
    ownCacheDirectory: join(local.cacheDirectory, "models"),
    allowedDirectories: local.directories,
    mirrors: KNOWN_MIRRORS,
    ...listeners,
  });
}

/** The engine in this process. Native code is loaded with the first model that needs it. */
export async function createLocalEngine(settings: LocalSettings, listeners: LocalListeners): Promise<Engine> {
  const [{ createEngine }, hub] = await Promise.all([
    import("./engine/engine.ts"),
    createLocalHub(settings, listeners),
  ]);
  const { chat, tiny, embed, threads, contextTokens, gpu, quantization, cacheDirectory } = settings.local;
  const { onNotice } = listeners;
  return createEngine({
    hub,
    threads,
    contextTokens,
    gpu,
    cacheDirectory,
    ...(quantization === undefined ? {} : { quantization }),
    defaults: { chat, tiny, embed },
    onNotice,
  });
}
