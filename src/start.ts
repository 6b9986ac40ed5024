import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccess } from "./access/keys.ts";
import type { Config, NamedProvider } from "./config.ts";
import { createGateway } from "./gateway/gateway.ts";
import { createModels, type ProviderConnection } from "./gateway/model.ts";
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
  const http = createHttp();
  const engine = createEngineProcess(config, log);

  const providers = [...knownProviders, ...config.providers.map(namedProvider)];
  const models = createModels({
    providers,
    connections: connections(config, knownProviders, http, engine),
    aliases: config.aliases,
    localModels: () => localModels(config),
  });
  const gateway = createGateway({ models, toolState: createMemoryToolState(), record: logCalls(log) });

  const access = createAccess(config.server.apiKeys);
  const { needsKey } = access;
  const guard = createGuard({ ...config.server, needsKey });
  const server = createApiServer({ ...config.server, dropParams: config.dropParams, gateway, access, guard, log });
  await server.listen({ port: config.server.port, host: config.server.host });

  return {
    url: server.url,
    async close() {
      await server.close(config.server.shutdownTimeoutMs);
      await Promise.all([engine.close(), http.close()]);
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

function namedProvider({ name, title = name, baseUrl, keyVariables }: NamedProvider): Provider {
  return openaiCompatible({ name, title, baseUrl, env: { key: keyVariables, baseUrl: [] }, keyOptional: true });
}

function connections(
  config: Config,
  knownProviders: readonly Provider[],
  http: Upstream,
  engine: Upstream,
): ReadonlyMap<string, ProviderConnection> {
  const known = knownProviders.map(({ name, baseUrl }): [string, ProviderConnection] => {
    const settings = config.connections.get(name) ?? { keyVariables: [], headers: {}, options: {} };
    const isLocal = name === huggingface.name && settings.baseUrl === undefined;
    const { key, keyVariables, headers, options } = settings;
    const isConfigured = key !== undefined || settings.baseUrl !== undefined;
    const upstream = isLocal ? engine : http;
    return [
      name,
      { baseUrl: settings.baseUrl ?? baseUrl, key, keyVariables, headers, options, upstream, isConfigured },
    ];
  });
  const named = config.providers.map(({ name, baseUrl, key, keyVariables, headers }): [string, ProviderConnection] => [
    name,
    { baseUrl, key, keyVariables, headers, options: {}, upstream: http, isConfigured: true },
  ]);
  return new Map([...known, ...named]);
}

/** The default models, and those that have been downloaded. */
async function localModels(config: Config): Promise<readonly string[]> {
  if (config.connections.get(huggingface.name)?.baseUrl !== undefined) return [];
  const ignore = (): void => undefined;
  const hub = await createLocalHub(config, { onProgress: ignore, onNotice: ignore });
  const cached = await hub.cached();
  return ["local/chat", "local/tiny", "local/embed", ...cached.map(({ name }) => `huggingface/${name}`)];
}
