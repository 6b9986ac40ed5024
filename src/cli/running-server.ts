import type { Config } from "../config.ts";
import { withDotEnv } from "../config/environment.ts";
import type { ModelList } from "../api/models.ts";
import { reachable } from "./listen.ts";
import type { CommandContext } from "./command.ts";

/** A server, as its clients see it. */
export interface ServerAddress {
  /** Without `/v1`. */
  readonly url: string;
  readonly key: string | undefined;
}

const TIMEOUT_MS = 1_000;

/** The server that OMNIPORT_URL names, with or without `/v1`. */
export async function namedServer({ server }: Config, context: CommandContext): Promise<ServerAddress | undefined> {
  const { OMNIPORT_URL: url } = await withDotEnv(context.directory, context.environment);
  return url ? { url: url.replace(/\/+$/, "").replace(/\/v1$/, ""), key: server.apiKeys[0] } : undefined;
}

/**
 * The models that a running server has in memory: the server that OMNIPORT_URL names, or that of the same settings.
 * @returns names with their prefix; undefined where no server answers.
 */
export async function loadedModels(config: Config, context: CommandContext): Promise<ReadonlySet<string> | undefined> {
  const { host, port, apiKeys } = config.server;
  const own = { url: reachable(`http://${host}:${port}`, "127.0.0.1"), key: apiKeys[0] };
  const { url, key } = (await namedServer(config, context)) ?? own;
  try {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/v1/models`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { data } = (await response.json()) as ModelList;
    return new Set(data.filter(({ omniport }) => omniport?.state === "loaded").map(({ id }) => id));
  } catch {
    return undefined; // Nobody is there, or somebody else: then there is nothing to tell.
  }
}
