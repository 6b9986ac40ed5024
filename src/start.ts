import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccess } from "./access/keys.ts";
import type { Config, ConnectionSettings, NamedProvider } from "./config.ts";
import { createAttempts } from "./gateway/attempt.ts";
import { createBalance } from "./gateway/balance.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createHealth } from "./gateway/health.ts";
import { createLimit, type Limit, NO_LIMIT } from "./gateway/limit.ts";
import { createModels, type ProviderConnection } from "./gateway/model.ts";
import { createRetryBudget } from "./gateway/retry-budget.ts";
import type { Timeouts } from "./gateway/timeouts.ts";
import { createLocalHub } from "./local-engine.ts";
import { huggingface } from "./providers/huggingface/index.ts";
import { providers as allProviders } from "./providers/index.ts";
import { openaiCompatible } from "./providers/openai-compatible/index.ts";
import type { Provider } from "./providers/provider.ts";
import { createGuard } from "./server/guard.ts";
import { createApiServer } from "./server/server.ts";
import type { EngineSettings } from "./start-engine.ts";
import { createMemoryToolState } from "./store/tool-state.ts";
import { createLog, type Log, logCalls } from "./telemetry/log.ts";
import { createChild } from "./upstream/child.ts";
import { createHttp } from "./upstream/http.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** A provider of which the configuration says nothing. */
const UNSET: ConnectionSettings = { keys: [], keyVariables: [], headers: {}, options: {}, timeouts: {} };

export interface RunningServer {
  /** `http://127.0.0.1:8000` */
  readonly url: string;
  /** Takes no more calls, lets running ones end for `SHUTDOWN_TIMEOUT`, then ends them and the engine. */
  close(): Promise<void>;
}

/**
 * The composition root: joins the parts, from the ground up, and opens the socket when calls can be answered.
 *
 * @param knownProviders those that the configuration was loaded for.
 */
export async function start(
  config: Config,
  knownProviders: readonly Provider[] = allProviders,
): Promise<RunningServer> {
  const log = await createLog(config.logLevel, process.stderr.isTTY);
  const outward = createOutward();
  const engine = createEngineProcess(config, log);
  const health = createHealth();

  const providers = [...knownProviders, ...config.providers.map(namedProvider)];
  const models = createModels({
    providers,
    connections: connections(config, knownProviders, outward, engine),
    aliases: config.aliases,
    settings: config.models,
    balance: createBalance(health),
    localModels: () => localModels(config),
  });
  const limits = new Map([...config.limits.ofProviders].map(([name, settings]) => [name, createLimit(name, settings)]));
  const limitOf = (provider: string): Limit => limits.get(provider) ?? NO_LIMIT;
  const attempts = createAttempts({ policy: config.attempts, health, budget: createRetryBudget(), limitOf });
  const limit = config.limits.ofAll ? createLimit("this server", config.limits.ofAll) : NO_LIMIT;
  const toolState = createMemoryToolState();
  const { onStreamBreak } = config;
  const gateway = createGateway({
    models,
    attempts,
    health,
    limit,
    onStreamBreak,
    toolState,
    record: logCalls(log),
  });

  const access = createAccess(config.server.apiKeys);
  const { needsKey } = access;
  const guard = createGuard({ ...config.server, needsKey });
  const server = createApiServer({ ...config.server, dropParams: config.dropParams, gateway, access, guard, log });
  await server.listen({ port: config.server.port, host: config.server.host });

  return {
    url: server.url,
    async close() {
      await server.close(config.server.shutdownTimeoutMs);
      await Promise.all([engine.close(), outward.close()]);
    },
  };
}

/** Local models run in a child, started with the first call for one: what happens in native code cannot stop us. */
function createEngineProcess({ local, logLevel }: Config, log: Log): Upstream {
  // The same program, as it was started: src/main.ts or dist/main.js.
  const main = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));
  const settings: EngineSettings = { local, logLevel };
  return createChild({
    script: main,
    args: ["engine"],
    settings,
    onStart: (pid) => log.info({ enginePid: pid }, "engine started"),
    onCrash: (how) => log.error({ how }, "engine stopped unexpectedly; the next local call starts it again"),
  });
}

function namedProvider({ name, title = name, baseUrl, keyVariables, takesPrefill }: NamedProvider): Provider {
  const env = { key: keyVariables, baseUrl: [] };
  return openaiCompatible({ name, title, baseUrl, env, keyOptional: true, ...(takesPrefill && { takesPrefill: /^/ }) });
}

function connections(
  config: Config,
  knownProviders: readonly Provider[],
  outward: Outward,
  engine: Upstream,
): ReadonlyMap<string, ProviderConnection> {
  const known = knownProviders.map(({ name, baseUrl }): [string, ProviderConnection] => {
    const settings = config.connections.get(name) ?? UNSET;
    const isLocal = name === huggingface.name && settings.baseUrl === undefined;
    const isConfigured = settings.keys.length > 0 || settings.baseUrl !== undefined;
    const upstream = isLocal ? engine : outward.within(settings.timeouts);
    return [name, { ...settings, baseUrl: settings.baseUrl ?? baseUrl, upstream, isConfigured }];
  });
  const named = config.providers.map((settings): [string, ProviderConnection] => {
    const { name, baseUrl, keys, keyVariables, headers, timeouts } = settings;
    const upstream = outward.within(timeouts);
    return [name, { baseUrl, keys, keyVariables, headers, options: {}, timeouts, upstream, isConfigured: true }];
  });
  return new Map([...known, ...named]);
}

/** The ways out to the network: connections are shared by all who wait for them equally long. */
interface Outward {
  within(timeouts: Timeouts): Upstream;
  close(): Promise<void>;
}

function createOutward(): Outward {
  const ways = new Map<number | undefined, Upstream>();
  return {
    within({ connectMs }) {
      const way = ways.get(connectMs) ?? createHttp(connectMs === undefined ? {} : { connectTimeoutMs: connectMs });
      ways.set(connectMs, way);
      return way;
    },
    async close() {
      await Promise.all([...ways.values()].map((way) => way.close()));
    },
  };
}

/** The default models, and those that have been downloaded. */
async function localModels(config: Config): Promise<readonly string[]> {
  if (config.connections.get(huggingface.name)?.baseUrl !== undefined) return [];
  const ignore = (): void => undefined;
  const hub = await createLocalHub(config, { onProgress: ignore, onNotice: ignore });
  const cached = await hub.cached();
  return ["local/chat", "local/tiny", "local/embed", ...cached.map(({ name }) => `huggingface/${name}`)];
}
