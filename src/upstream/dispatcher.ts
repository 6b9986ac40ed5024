import { createRequire } from "node:module";
import type { Dispatcher } from "undici";
import type * as Undici from "undici";
import Agent from "undici/lib/dispatcher/agent.js";

const require = createRequire(import.meta.url);

/** Whom to ask for connections, as the environment variables of these names have it. */
export interface Proxies {
  /** HTTP_PROXY, and HTTPS_PROXY: the address, which may hold a user name and a password; "" for none. */
  readonly http: string;
  readonly https: string;
  /** NO_PROXY: hosts and domains that are called directly, separated by commas; `*` for all. */
  readonly except: string;
}

export interface DispatcherOptions {
  readonly connectTimeoutMs: number;
  readonly proxies: Proxies | undefined;
}

/** No proxy leads to the machine that it is asked from. */
const THIS_MACHINE = "localhost,127.0.0.1,::1";

/**
 * Connections to any host, directly or through the proxy that is set for it: `https` through a tunnel (CONNECT), so that
 * the proxy sees neither keys nor content. Whom TLS trusts is Node's own matter (NODE_EXTRA_CA_CERTS).
 */
export function createDispatcher({ connectTimeoutMs, proxies }: DispatcherOptions): Dispatcher {
  const settings = { connectTimeout: connectTimeoutMs, keepAliveTimeout: 30_000 };
  if (!proxies) return new Agent(settings);
  const { http, https, except } = proxies;
  const { EnvHttpProxyAgent } = require("undici") as typeof Undici; // a tunnel needs the whole of it
  return new EnvHttpProxyAgent({
    ...settings,
    httpProxy: http,
    httpsProxy: https,
    noProxy: `${except},${THIS_MACHINE}`,
  });
}
