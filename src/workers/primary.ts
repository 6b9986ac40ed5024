import { createServer } from "node:net";
import type { Config, ServerConfig } from "../config.ts";
import type { RunningServer } from "../start.ts";
import { createLog } from "../telemetry/log.ts";
import { createCrew } from "./crew.ts";
import { createDesk } from "./desk.ts";

/**
 * The server as several gateway processes, for machines with many cores. This process answers no call: it starts the
 * others, and the engine, and keeps what they have in common.
 */
export async function startWorkers(config: Config): Promise<RunningServer> {
  const log = await createLog(config.logLevel, process.stderr.isTTY);
  const port = await freePort(config.server);
  const desk = createDesk(config, log);
  const crew = createCrew({ ...config, server: { ...config.server, port } }, desk, log);
  try {
    const [url = ""] = await crew.listening();
    return {
      url,
      async close() {
        await crew.close();
        await desk.close();
      },
    };
  } catch (thrown) {
    await crew.kill();
    await desk.close();
    throw thrown;
  }
}

/**
 * The port, if nobody listens there: workers that share one would share it with another server, too. A free one for 0.
 * @throws as `listen` does.
 */
function freePort({ port, host }: ServerConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}
