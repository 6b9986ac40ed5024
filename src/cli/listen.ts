import { constants } from "node:os";
import type { Config } from "../config.ts";
import type { Provider } from "../providers/provider.ts";
import type { RunningServer } from "../start.ts";
import type { CommandContext } from "./command.ts";
import { isLoopback } from "../config/loopback.ts";
import { tendYoungGeneration } from "./young-generation.ts";

/** Starts the server, prints what `summary` says of it, piece by piece, and ends it with the first signal to stop. */
export async function listen(
  config: Config,
  providers: readonly Provider[],
  summary: (url: string) => AsyncIterable<string>,
  context: CommandContext,
): Promise<number> {
  const server = config.server.workers > 1 ? await severalProcesses(config) : await oneProcess(config, providers);
  const stop = stopSignal();

  for await (const text of summary(server.url)) context.print(text);
  const { host, apiKeys, shutdownTimeoutMs } = config.server;
  if (!isLoopback(host) && apiKeys.length === 0) context.warn(`\n${context.messages.serve.open(host)}`);

  await stop;
  if (context.isInteractive) context.note(context.messages.serve.stopping(shutdownTimeoutMs / 1000));
  await server.close();
  return 0;
}

async function oneProcess(config: Config, providers: readonly Provider[]): Promise<RunningServer> {
  const { start } = await import("../start.ts");
  const server = await start(config, providers);
  tendYoungGeneration();
  return server;
}

async function severalProcesses(config: Config): Promise<RunningServer> {
  const { startWorkers } = await import("../workers/primary.ts");
  return startWorkers(config);
}

/** A command to paste; Windows's own shell knows no single quotes. */
export function curl(url: string, needsKey: boolean, platform: NodeJS.Platform = process.platform): string {
  const body = { model: "local/chat", messages: [{ role: "user", content: "What is the capital of France?" }] };
  const quote = (text: string) => (platform === "win32" ? `"${text.replaceAll('"', String.raw`\"`)}"` : `'${text}'`);
  const key = needsKey ? ' -H "Authorization: Bearer $OMNIPORT_API_KEY"' : "";
  const headers = `-H ${quote("Content-Type: application/json")}${key}`;
  return `curl ${reachable(url, "127.0.0.1")}/v1/chat/completions ${headers} -d ${quote(JSON.stringify(body))}`;
}

/** The address to call: a server that listens everywhere is called at one place. */
export function reachable(url: string, host: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, `//${host}`);
}

/** Resolves with the first SIGINT or SIGTERM; the second ends the process at once, as the signal would. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: "SIGINT" | "SIGTERM") => {
      if (isStopping) process.exit(128 + constants.signals[signal]);
      isStopping = true;
      resolve();
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
  });
}
