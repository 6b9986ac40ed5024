import { createAccess } from "./access/keys.ts";
import { ownCommons } from "./commons.ts";
import type { Config, ConnectionSettings, NamedProvider } from "./config.ts";
import { isLoopback } from "./config/loopback.ts";
import { version } from "./config/version.ts";
import { createAttempts } from "./gateway/attempt.ts";
import { createBalance } from "./gateway/balance.ts";
import { limitGauges, localModelGauges, targetGauges } from "./gateway/gauges.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createModels, type ProviderConnection } from "./gateway/model.ts";
import { loadListPrices } from "./gateway/prices/list-prices.ts";
import { createProviderStates } from "./gateway/provider-states.ts";
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
import { createLog } from "./telemetry/log.ts";
import { callFamilies, createMetrics } from "./telemetry/metrics.ts";
import { createProcessMetrics } from "./telemetry/process-metrics.ts";
import type { Proxies } from "./upstream/dispatcher.ts";
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
 * @param commonsFor what it has in common with other processes of the same server.
 */
export async function start(
  config: Config,
  knownProviders: readonly Provider[] = allProviders,
  commonsFor: typeof ownCommons = ownCommons,
): Promise<RunningServer> {
  const log = await createLog(config.logLevel, process.stderr.isTTY);
  const outward = createOutward(config.proxies);
  const commons = commonsFor(config, log);
  const { engine, activities, health, limits, toolState, sessions } = commons;

  const providers = [...knownProviders, ...config.providers.map(namedProvider)];
  const ways = connections(config, knownProviders, outward, engine);
  const localModels = createLocalModels(config, engine, activities);
  const models = createModels({
    providers,
    connections: ways,
    aliases: config.aliases,
    settings: config.models,
    listPrices: await loadListPrices(),
    balance: createBalance(health),
    localModels,
  });
  const attempts = createAttempts({ policy: config.attempts, health, budget: commons.retryBudget, limits });
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
  const processMetrics = createProcessMetrics();
  const observed = commons.join({
    families: async () => [
      ...callFamilies(observers.counts.all()),
      ...targetGauges(gateway.health(), observers.names.has),
      ...(await processMetrics()),
    ],
    health: async () => gateway.health(),
    traffic: observers.traffic,
  });
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
    traffic: observed.traffic,
    recordContent: config.traffic.recordContent,
    version: await version(),
  });
  const metrics = createMetrics(observed.families, async () => [
    ...limitGauges((await observed.health()).limits),
    ...localModelGauges(await localModels.list()),
  ]);
  const server = createApiServer({
    ...config.server,
    dropParams: config.dropParams,
    gateway,
    access,
    guard,
    log,
    page: page({ isOn: isPageOn }),
    sessions,
    health: observed.health,
    operating: [...admin, metricsRoute(metrics)],
  });
  const { port, host } = config.server;
  await commons.ready();
  await server.listen({ port, host, reusePort: commons.sharesPort });
  const stopping = new AbortController();
  if (config.local.preload.length > 0 || config.local.startsWithServer) void engine.start(stopping.signal);

  return {
    url: server.url,
    async close() {
      stopping.abort();
      observed.traffic?.live.end(); // who watches does not keep the server
      await server.close(config.server.shutdownTimeoutMs);
      await Promise.all([engine.close(), outward.close(), observers.close()]);
    },
  };
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
