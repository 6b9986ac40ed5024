import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccess } from "./access/keys.ts";
import { createSessions } from "./access/sessions.ts";
import { type Config, type ConnectionSettings, type NamedProvider, processEnvironment } from "./config.ts";
import { isLoopback } from "./config/loopback.ts";
import { version } from "./config/version.ts";
import { type Activities, type Activity, createActivities } from "./engine/activities.ts";
import { createAttempts } from "./gateway/attempt.ts";
import { createBalance } from "./gateway/balance.ts";
import { gauges } from "./gateway/gauges.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createHealth } from "./gateway/health.ts";
import { createLimits } from "./gateway/limits.ts";
import { createModels, type ProviderConnection } from "./gateway/model.ts";
import { createProviderStates } from "./gateway/provider-states.ts";
import { createRetryBudget } from "./gateway/retry-budget.ts";
import type { Timeouts } from "./gateway/timeouts.ts";
import { createLocalModels } from "./local-models.ts";
import { createObservers } from "./observers.ts";
import { huggingface } from "./providers/huggingface/index.ts";
import { providers as allProviders } from "./providers/index.ts";
import { openaiCompatible } from "./providers/openai-compatible/index.ts";
import type { Provider } from "./providers/provider.ts";
import { createGuard } from "./server/guard.ts";
import { adminRoutes } from "./server/routes/admin.ts";
import { metricsRoute } from "./server/routes/metrics.ts";
import { page } from "./server/routes/page.ts";
import { createApiServer } from "./server/server.ts";
import type { EngineSettings } from "./start-engine.ts";
import { createMemoryToolState } from "./store/tool-state.ts";
import { createLog, type Log } from "./telemetry/log.ts";
import { createMetrics } from "./telemetry/metrics.ts";
import { type Child, createChild } from "./upstream/child.ts";
import type { Proxies } from "./upstream/dispatcher.ts";
import { createHttp } from "./upstream/http.ts";
import type { Upstream } from "./upstream/upstream.ts";

/** A provider of which the configuration says nothing. */
const UNSET: ConnectionSettings = { keys: [], keyVariables: [], headers: {}, options: {}, timeouts: {} };

/**
 * Memory in the engine's process is for models: V8's young generation and glibc's heaps, made for much garbage in many
 * threads, would take half as much as a small model. Sources: `node --v8-options`,
 * https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
 */
const ENGINE_FLAGS = ["--max-semi-space-size=2"];
const ENGINE_ENVIRONMENT = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };

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
  const outward = createOutward(config.proxies);
  const activities = createActivities();
  const engine = createEngineProcess(config, log, activities);
  const health = createHealth();

  const providers = [...knownProviders, ...config.providers.map(namedProvider)];
  const ways = connections(config, knownProviders, outward, engine);
  const localModels = createLocalModels(config, engine, activities);
  const models = createModels({
    providers,
    connections: ways,
    aliases: config.aliases,
    settings: config.models,
    balance: createBalance(health),
    localModels,
  });
  const limits = createLimits(config.limits);
  const attempts = createAttempts({ policy: config.attempts, health, budget: createRetryBudget(), limits });
  const toolState = createMemoryToolState();
  const { onStreamBreak } = config;
  const observers = await createObservers(config, providers, log);
  const gateway = createGateway({
    models,
    attempts,
    health,
    limits,
    onStreamBreak,
    toolState,
    record: observers.record,
    recordContent: config.traffic.recordContent,
  });

  const access = createAccess(config.server.apiKeys);
  const { needsKey } = access;
  const guard = createGuard({ ...config.server, needsKey });
  const isPageOn = needsKey || isLoopback(config.server.host);
  if (!isPageOn)
    log.warn(
      {},
      "the page at / and /admin are off: they would be open to all who can reach this machine; set OMNIPORT_API_KEY",
    );
  const sessions = createSessions();
  const isLocal = config.connections.get(huggingface.name)?.baseUrl === undefined;
  const admin = adminRoutes({
    ...config.server,
    isOn: isPageOn,
    access,
    sessions,
    providers: createProviderStates({
      providers,
      connections: ways,
      models,
      local: isLocal ? huggingface.name : undefined,
    }),
    traffic: observers.traffic,
    recordContent: config.traffic.recordContent,
    version: await version(),
  });
  const metrics = createMetrics(observers.counts, async () =>
    gauges({ ...gateway.health(), localModels: await localModels.list(), isKnown: observers.names.has }),
  );
  const server = createApiServer({
    ...config.server,
    dropParams: config.dropParams,
    gateway,
    access,
    guard,
    log,
    page: page({ isOn: isPageOn }),
    sessions,
    operating: [...admin, metricsRoute(metrics)],
  });
  await server.listen({ port: config.server.port, host: config.server.host });
  const stopping = new AbortController();
  if (config.local.preload.length > 0) void engine.start(stopping.signal);

  return {
    url: server.url,
    async close() {
      stopping.abort();
      observers.traffic?.live.end(); // who watches does not keep the server
      await server.close(config.server.shutdownTimeoutMs);
      await Promise.all([engine.close(), outward.close(), observers.close()]);
    },
  };
}

/** Local models run in a child, started with the first call for one: what happens in native code cannot stop us. */
function createEngineProcess({ local, logLevel, proxies }: Config, log: Log, activities: Activities): Child {
  // The same program, as it was started: src/main.ts or dist/main.js.
  const main = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));
  const settings: EngineSettings = { local, logLevel, proxies };
  return createChild({
    script: main,
    args: ["engine-process"],
    nodeFlags: ENGINE_FLAGS,
    environment: { ...ENGINE_ENVIRONMENT, ...processEnvironment() },
    settings,
    onStart: (pid) => log.info({ enginePid: pid }, "engine started"),
    onCrash: (how) => {
      activities.clear();
      log.error({ how }, "engine stopped unexpectedly; the next local call starts it again");
    },
    onMessage: (message) => activities.tell(message as Activity),
  });
}

function namedProvider({ name, title = name, baseUrl, keyVariables, takesPrefill }: NamedProvider): Provider {
  const env = { key: keyVariables, baseUrl: [] };
  return openaiCompatible({
    name,
    title,
    baseUrl,
    env,
    keyOptional: true,
    hasReranking: "or-tei",
    ...(takesPrefill && { prefill: () => "continue" }),
  });
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

function createOutward(proxies: Proxies | undefined): Outward {
  const ways = new Map<number | undefined, Upstream>();
  return {
    within({ connectMs }) {
      const timeout = connectMs === undefined ? {} : { connectTimeoutMs: connectMs };
      const way = ways.get(connectMs) ?? createHttp({ ...timeout, proxies });
      ways.set(connectMs, way);
      return way;
    },
    async close() {
      await Promise.all([...ways.values()].map((way) => way.close()));
    },
  };
}
