import { constants, setPriority } from "node:os";
import { createAccess } from "./access/keys.ts";
import type { LocalConfig } from "./config.ts";
import { type AttemptPolicy, createAttempts } from "./gateway/attempt.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createHealth } from "./gateway/health.ts";
import { NO_LIMITS } from "./gateway/limits.ts";
import type { Models } from "./gateway/model.ts";
import { createRetryBudget } from "./gateway/retry-budget.ts";
import { createActivities } from "./engine/activities.ts";
import type { Computer } from "./engine/chat/computer.ts";
import type { Engine } from "./engine/engine.ts";
import { EngineError } from "./engine/errors.ts";
import type { Progress } from "./engine/model.ts";
import { createLocalEngine } from "./local-engine.ts";
import { local } from "./providers/local/index.ts";
import { type LocalStore, localStore } from "./providers/local/store.ts";
import type { Connection, Provider } from "./providers/provider.ts";
import { createGuard } from "./server/guard.ts";
import { createApiServer } from "./server/server.ts";
import { createMemoryToolState } from "./store/tool-state.ts";
import { createLog, type LogLevel } from "./telemetry/log.ts";
import { createProgressReport } from "./telemetry/progress.ts";
import { type ChildOrders, LISTENING } from "./upstream/child-process.ts";
import type { Proxies } from "./upstream/dispatcher.ts";
import { createHttp } from "./upstream/http.ts";

/** What the gateway's process tells the engine's. */
export interface EngineSettings {
  readonly local: LocalConfig;
  readonly proxies: Proxies | undefined;
  readonly logLevel: LogLevel;
}

/** It is the gateway's process that tries again. */
const ONCE: AttemptPolicy = { retries: 0, maxWaitMs: 0, rerouteRefusals: false };

/** Behind the gateway's process: while a model computes on all cores, calls of cloud models pass as if it did not. */
const PRIORITY = constants.priority.PRIORITY_BELOW_NORMAL;

/** Source: what `ldd` says of the libraries in the packages `@node-llama-cpp/linux-x64-cuda` and `…-cuda-ext`. */
const IDLE_CARD =
  "an NVIDIA card is here, but chat models do not compute on it: " +
  "llama.cpp needs libcudart and libcublas of CUDA 13, or of CUDA 12, where the system's linker finds them";

/** As large as the gateway lets in: it has checked the body's size already. */
const MAX_BODY_BYTES = 1024 * 1024 * 1024;

/**
 * The engine process: the same server with the local models as its only provider, on the socket that the parent names.
 * It ends with its parent, whose stop it waits for: a Ctrl+C at the terminal reaches both.
 *
 * @param showProgress of downloads; lines in the log unless told otherwise.
 */
export async function startEngine(showProgress?: (progress: Progress) => void): Promise<void> {
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => undefined);
  process.once("disconnect", () => process.exit());
  setPriority(PRIORITY);
  const { socketPath, settings } = await orders();

  const log = await createLog(settings.logLevel, process.stderr.isTTY);
  const onNotice = (message: string): void => log.warn({}, message);
  const onProgress = showProgress ?? createProgressReport((message) => log.info({}, message));
  const activities = createActivities();
  activities.listen((activity) => process.send?.(activity));
  const onComputer = ({ name, hasIdleCard }: Computer): void => {
    log.info({}, `chat models compute on ${name}`);
    if (hasIdleCard) log.warn({}, IDLE_CARD);
  };
  const engine = await createLocalEngine(settings, { onNotice, onProgress, onComputer, onActivity: activities.tell });
  const store = localStore({ engine, activities, defaults: settings.local });

  const health = createHealth();
  const gateway = createGateway({
    models: onlyProvider({ ...local(engine), store }, store),
    attempts: createAttempts({ policy: ONCE, health, budget: createRetryBudget(), limits: NO_LIMITS }),
    health,
    limits: NO_LIMITS,
    onStreamBreak: "error",
    toolState: createMemoryToolState(),
    record: () => undefined, // the gateway's process writes the record of each call
  });
  const server = createApiServer({
    gateway,
    access: createAccess([]),
    guard: createGuard({ needsKey: false, allowedHosts: [], corsOrigins: [] }),
    log,
    dropParams: false,
    maxBodyBytes: MAX_BODY_BYTES,
    maxConnections: Number.POSITIVE_INFINITY,
    keepAliveMs: 0, // it is the gateway's process whose clients wait
  });
  await server.listen({ path: socketPath });
  process.send?.(LISTENING);
  if (settings.local.startsWithServer) await warmUp(engine, onNotice);
  await preload(settings.local.preload, engine, onNotice);
}

/** Says at the start what chat models compute on, or why they cannot. */
async function warmUp(engine: Engine, onNotice: (message: string) => void): Promise<void> {
  try {
    await engine.warmUp();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onNotice(error.message);
  }
}

/** One after the other. What fails is said, and tried again by the first call. */
async function preload(models: readonly string[], engine: Engine, onNotice: (message: string) => void): Promise<void> {
  for (const model of models) {
    try {
      await engine.preload(model, new AbortController().signal);
    } catch (error) {
      const reason = error instanceof EngineError ? error.message : String(error);
      onNotice(`${model} could not be loaded at the start. ${reason}`);
    }
  }
}

/** Every name is one of the engine's models: which of them there are, it finds out itself. */
function onlyProvider(provider: Provider, { list, find }: LocalStore): Models {
  const connection: Connection = { baseUrl: "", key: undefined, headers: {}, options: {}, upstream: createHttp() };
  return {
    route: (model) => ({
      targets: [{ name: model, provider, model, connection, keyIndex: 0, timeouts: { idleMs: 0, totalMs: 0 } }],
    }),
    list,
    find,
    waitsFor: () => undefined,
  };
}

function orders(): Promise<ChildOrders<EngineSettings>> {
  return new Promise((resolve) =>
    process.once("message", (message) => resolve(message as ChildOrders<EngineSettings>)),
  );
}
