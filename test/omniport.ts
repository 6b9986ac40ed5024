import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../src/config.ts";
import { providers as allProviders } from "../src/providers/index.ts";
import type { Provider } from "../src/providers/provider.ts";
import { type RunningServer, start } from "../src/start.ts";

export interface TestServer extends RunningServer {
  /** The base URL for clients, with `/v1`. */
  readonly api: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where the weights are that `omniport pull` has fetched: the user's own cache. */
const CACHE_VARIABLES = ["HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE"];

/** The whole server with the models that the user has, and no way to others. */
export function startWithWeights(environment: Record<string, string> = {}): Promise<TestServer> {
  const cache = CACHE_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return startOmniport({ HF_HUB_OFFLINE: "1", ...Object.fromEntries(cache), ...environment });
}

/** The whole server on a free port, in an empty working directory, told only what is given here. */
export async function startOmniport(
  environment: Record<string, string> = {},
  yaml?: string,
  providers: readonly Provider[] = allProviders,
): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-test-"));
  if (yaml !== undefined) await writeFile(join(directory, "omniport.yaml"), yaml);
  const defaults = {
    PORT: "0",
    LOG_LEVEL: "silent",
    HOME: directory,
    SHUTDOWN_TIMEOUT: "0",
    OMNIPORT_THREADS: "1",
    TRAFFIC: "off",
  };
  const config = await loadConfig({ environment: { ...defaults, ...environment }, directory, providers });
  const server = await start(config, providers);
  const close = async (): Promise<void> => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { url: server.url, api: `${server.url}/v1`, close, [Symbol.asyncDispose]: close };
}
