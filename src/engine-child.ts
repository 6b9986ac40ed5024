import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Config, processEnvironment } from "./config.ts";
import type { Activity } from "./engine/activities.ts";
import type { EngineSettings } from "./start-engine.ts";
import type { Log } from "./telemetry/log.ts";
import { createChildProcess } from "./upstream/child-process.ts";
import type { ChildSource } from "./upstream/child.ts";

/**
 * Memory in the engine's process is for models: V8's young generation and glibc's heaps, made for much garbage in many
 * threads, would take half as much as a small model. Sources: `node --v8-options`,
 * https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
 */
const ENGINE_FLAGS = ["--max-semi-space-size=2"];
const ENGINE_ENVIRONMENT = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

export interface EngineWatcher {
  /** The engine takes calls on that socket. */
  onStart?(socketPath: string): void;
  /** It has ended although nobody asked it to. */
  onEnd(): void;
  onActivity(activity: Activity): void;
}

/** Local models run in a child, started with the first call for one: what happens in native code cannot stop us. */
export function createEngineChild({ local, logLevel, proxies }: Config, log: Log, watcher: EngineWatcher): ChildSource {
  const settings: EngineSettings = { local, logLevel, proxies };
  return createChildProcess({
    script: programPath(),
    args: ["engine-process"],
    nodeFlags: ENGINE_FLAGS,
    environment: { ...ENGINE_ENVIRONMENT, ...processEnvironment() },
    settings,
    onStart(pid, socketPath) {
      log.info({ enginePid: pid }, "engine started");
      watcher.onStart?.(socketPath);
    },
    onCrash(how) {
      watcher.onEnd();
      log.error({ how }, "engine stopped unexpectedly; the next local call starts it again");
    },
    onMessage: (message) => watcher.onActivity(message as Activity),
  });
}

/** The same program, as it was started: `src/main.ts` or `dist/main.js`. */
export function programPath(): string {
  return fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));
}
