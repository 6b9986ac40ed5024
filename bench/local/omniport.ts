import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { printedPort } from "../address.ts";
import type { Children } from "../children.ts";

const PROGRAM = join(import.meta.dirname, "../../src/main.ts");
const START_MS = 30_000;

export interface Omniport {
  readonly pid: number;
  readonly port: number;
  /** @throws Error with the answer when it is no success. */
  post(path: string, body: object, signal?: AbortSignal): Promise<Response>;
  stop(): Promise<void>;
}

/** The whole server, its models computing on one thread. */
export async function startOmniport(children: Children, env: Readonly<Record<string, string>> = {}): Promise<Omniport> {
  const child = children.launch([process.execPath, PROGRAM], {
    // Its calls are not among the user's own.
    env: { PORT: "0", OMNIPORT_THREADS: "1", HF_HUB_OFFLINE: "1", TRAFFIC: "off", LOG_LEVEL: "error", ...env },
  });
  const port = await printedPort(child, AbortSignal.timeout(START_MS));
  return {
    pid: child.pid ?? 0,
    port,
    async post(path, body, signal) {
      const response = await fetch(`http://127.0.0.1:${port}/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      });
      if (response.ok) return response;
      throw new Error(`Omniport answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
    },
    stop: () => children.stop(child),
  };
}

interface Pulled {
  readonly directory: string;
  readonly files: readonly string[];
}

/** The files of one of the small models, downloaded unless they are here. */
export function pulled(model: "local/tiny" | "local/embed"): Pulled {
  const stdout = execFileSync(process.execPath, [PROGRAM, "pull", model, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(stdout) as Pulled;
}
