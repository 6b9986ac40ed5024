import { join } from "node:path";
import type { LocalConfig } from "./config.ts";
import type { Activity } from "./engine/activities.ts";
import type { Computer } from "./engine/chat/computer.ts";
import type { Engine } from "./engine/engine.ts";
import type { Hub } from "./engine/hub/hub.ts";
import type { Progress } from "./engine/model.ts";
import { createDispatcher, type Proxies } from "./upstream/dispatcher.ts";

/** The part of the configuration that the engine needs. */
interface LocalSettings {
  readonly local: LocalConfig;
  readonly proxies: Proxies | undefined;
}

export interface LocalListeners {
  /** Many times a second while files arrive. */
  readonly onProgress: (progress: Progress) => void;
  /** One plain sentence for the log. */
  readonly onNotice: (message: string) => void;
  /** Told when llama.cpp has started. */
  readonly onComputer?: (computer: Computer) => void;
  /** What is done for models until they are in memory. */
  readonly onActivity?: (activity: Activity) => void;
}

/** The models' files: what is on this machine, and the way to more. Loads nothing native. */
export async function createLocalHub({ local, proxies }: LocalSettings, listeners: LocalListeners): Promise<Hub> {
  const [{ createHub }, { KNOWN_MIRRORS }] = await Promise.all([
    import("./engine/hub/hub.ts"),
    import("./engine/hub/wheel.ts"),
  ]);
  return createHub({
    ...local.hub,
    dispatcher: createDispatcher({ connectTimeoutMs: 10_000, proxies }),
    ownCacheDirectory: join(local.cacheDirectory, "models"),
    derivedCacheDirectory: local.cacheDirectory,
    allowedDirectories: local.directories,
    mirrors: KNOWN_MIRRORS,
    ...listeners,
  });
}

/** The engine in this process. Native code is loaded with the first model that needs it. */
export async function createLocalEngine(settings: LocalSettings, listeners: LocalListeners): Promise<Engine> {
  const { onNotice, onComputer, onActivity = () => undefined } = listeners;
  const onProgress = (progress: Progress): void => {
    listeners.onProgress(progress);
    onActivity({ ...progress, state: "downloading" });
  };
  const [{ createEngine }, hub] = await Promise.all([
    import("./engine/engine.ts"),
    createLocalHub(settings, { onNotice, onProgress }),
  ]);
  const { chat, tiny, embed, quantization, ...local } = settings.local;
  return createEngine({
    ...local,
    hub,
    ...(quantization === undefined ? {} : { quantization }),
    defaults: { chat, tiny, embed },
    onNotice,
    onActivity,
    ...(onComputer && { onComputer }),
  });
}
