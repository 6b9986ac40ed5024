import { randomUUID } from "node:crypto";
import type { Config } from "../../config.ts";
import type { ServerAddress } from "../running-server.ts";

export interface OwnServer extends ServerAddress {
  close(): Promise<void>;
}

/** The whole server for this process alone: on a free port of this machine, with a key that nobody else knows. */
export async function startOwnServer(config: Config): Promise<OwnServer> {
  const { start } = await import("../../start.ts");
  const key = randomUUID();
  const server = { ...config.server, host: "127.0.0.1", port: 0, apiKeys: [key], shutdownTimeoutMs: 0 };
  const { url, close } = await start({ ...config, server });
  return { url, key, close };
}
