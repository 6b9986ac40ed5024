import { createAccess } from "./access/keys.ts";
import { modelNotFound } from "./api/error.ts";
import type { LocalConfig } from "./config.ts";
import { type AttemptPolicy, createAttempts } from "./gateway/attempt.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createHealth } from "./gateway/health.ts";
import { NO_LIMIT } from "./gateway/limit.ts";
import type { Models } from "./gateway/model.ts";
import { createRetryBudget } from "./gateway/retry-budget.ts";
import type { Progress } from "./engine/model.ts";
import { createLocalEngine } from "./local-engine.ts";
import { local } from "./providers/local/index.ts";
import type { Connection, Provider } from "./providers/provider.ts";
import { createGuard } from "./server/guard.ts";
import { createApiServer } from "./server/server.ts";
import { createMemoryToolState } from "./store/tool-state.ts";
import { createLog, type LogLevel } from "./telemetry/log.ts";
import { createProgressReport } from "./telemetry/progress.ts";
import { type ChildOrders, LISTENING } from "./upstream/child.ts";
import { createHttp } from "./upstream/http.ts";

/** What the gateway's process tells the engine's. */
export interface EngineSettings {
  readonly local: LocalConfig;
  readonly logLevel: LogLevel;
}

/** It is the gateway's process that tries again. */
const ONCE: AttemptPolicy = { retries: 0, maxWaitMs: 0, rerouteRefusals: false };

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
  const { socketPath, settings } = await orders();

  const log = await createLog(settings.logLevel, process.stderr.isTTY);
  const onNotice = (message: string): void => log.warn({}, message);
  const onProgress = showProgress ?? createProgressReport((message) => log.info({}, message));
  const engine = await createLocalEngine(settings, { onNotice, onProgress });

  const health = createHealth();
  const gateway = createGateway({
    models: onlyProvider(local(engine)),
    attempts: createAttempts({ policy: ONCE, health, budget: createRetryBudget() }),
    health,
    limit: NO_LIMIT,
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
  });
  await server.listen({ path: socketPath });
  process.send?.(LISTENING);
}

/** Every name is one of the engine's models: which of them there are, it finds out itself. */
function onlyProvider(provider: Provider): Models {
  const connection: Connection = { baseUrl: "", key: undefined, headers: {}, options: {}, upstream: createHttp() };
  return {
    route: (model) => ({
      targets: [{ name: model, provider, model, connection, keyIndex: 0, timeouts: { idleMs: 0, totalMs: 0 } }],
    }),
    list: async () => [],
    find: async (name) => {
      throw modelNotFound(name);
    },
  };
}

function orders(): Promise<ChildOrders<EngineSettings>> {
  return new Promise((resolve) =>
    process.once("message", (message) => resolve(message as ChildOrders<EngineSettings>)),
  );
}
