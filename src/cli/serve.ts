import { constants } from "node:os";
import { relative } from "node:path";
import type { Config } from "../config.ts";
import { type Catalogue, localModelsElsewhere } from "./catalogue.ts";
import { type Command, type CommandContext, loadSettings } from "./command.ts";
import { isLoopback } from "./loopback.ts";
import { readCatalogue } from "./models.ts";
import { byteSize, table } from "./table.ts";
import { version } from "./version.ts";

/** Starts the server, and ends when it is told to stop. */
export const serve: Command = async (args, context) => {
  const config = await loadSettings(args, context);
  const { start } = await import("../start.ts");
  const server = await start(config);
  const stop = stopSignal();

  context.print(await summary(config, server.url, context));
  const { host, apiKeys, shutdownTimeoutMs } = config.server;
  if (!isLoopback(host) && apiKeys.length === 0) context.warn(`\n${context.messages.serve.open(host)}`);

  await stop;
  if (context.isInteractive) context.note(context.messages.serve.stopping(shutdownTimeoutMs / 1000));
  await server.close();
  return 0;
};

async function summary(config: Config, url: string, context: CommandContext): Promise<string> {
  const { serve } = context.messages;
  const found = await readCatalogue(config);
  const ready = found.providers.filter(({ configured, missing }) => configured && missing === undefined);
  const titles = ready.map(({ title }) => title).join(", ");
  const rows = [
    [serve.providers, titles || serve.noProviders],
    [serve.localModels, localModels(config, found, context)],
    ...(config.file === undefined ? [] : [[serve.configFile, relative(context.directory, config.file)]]),
  ];
  const heading = serve.listening(await version(), url);
  return [heading, "", table(rows, "  "), "", serve.tryIt, `  ${curl(url, config.server.apiKeys.length > 0)}`].join(
    "\n",
  );
}

function localModels(config: Config, { local }: Catalogue, { messages }: CommandContext): string {
  const { localModelsElsewhere: elsewhere, downloadedWhenCalled } = messages.serve;
  const url = localModelsElsewhere(config);
  if (url !== undefined) return elsewhere(url);
  const texts = local.map(({ name, downloaded, bytes }) =>
    downloaded ? `${name} (${byteSize(bytes)})` : `${name} (${downloadedWhenCalled})`,
  );
  return texts.join(", ");
}

/** A command to paste; Windows's own shell knows no single quotes. */
function curl(url: string, needsKey: boolean, platform: NodeJS.Platform = process.platform): string {
  const body = { model: "local/chat", messages: [{ role: "user", content: "What is the capital of France?" }] };
  const quote = (text: string) => (platform === "win32" ? `"${text.replaceAll('"', String.raw`\"`)}"` : `'${text}'`);
  const key = needsKey ? ' -H "Authorization: Bearer $OMNIPORT_API_KEY"' : "";
  const headers = `-H ${quote("Content-Type: application/json")}${key}`;
  // A server that listens everywhere is called at one place.
  const address = url.replace(/\/\/(0\.0\.0\.0|\[::\])(?=:|$)/, "//127.0.0.1");
  return `curl ${address}/v1/chat/completions ${headers} -d ${quote(JSON.stringify(body))}`;
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
