import { once } from "node:events";
import { stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { request } from "undici";
import type { Config } from "../config.ts";
import { physicalCores } from "../config/cores.ts";
import { createLlamaRuntime } from "../engine/chat/llama.ts";
import { EngineError } from "../engine/errors.ts";
import { findPython, PYTHON_COMMANDS } from "../engine/hub/python.ts";
import { providers } from "../providers/index.ts";
import { createDispatcher } from "../upstream/dispatcher.ts";
import { catalogue, localModelsElsewhere } from "./catalogue.ts";
import { isLoopback } from "../config/loopback.ts";
import type { DoctorMessages } from "./messages.ts";
import { byteSize } from "./table.ts";

/** One line of what `doctor` tells. */
export interface Finding {
  /** What was looked at, for scripts: always the same word, whatever the language. */
  readonly check: string;
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
  readonly fix?: string;
}

type Texts = DoctorMessages;

const NEEDED_NODE = "24.15.0";
const HUB_TIMEOUT_MS = 3_000;
const PYTHON_TIMEOUT_MS = 10_000;
/** Space for the default chat model, and memory to run it. */
const SCARCE_DISK_BYTES = 2e9;
const SCARCE_MEMORY_BYTES = 2e9;

const NATIVE_PACKAGES = [
  { name: "node-llama-cpp", purpose: "chat" },
  { name: "onnxruntime-node", purpose: "embedding" },
] as const;

/** What does not depend on the settings. */
export async function checkMachine(texts: Texts, signal: AbortSignal): Promise<readonly Finding[]> {
  const packages = NATIVE_PACKAGES.map(({ name, purpose }) => checkPackage(name, purpose, texts));
  const loaded = await Promise.all([...packages, checkPython(texts, signal)]);
  return [checkNode(texts), ...loaded, checkMemory(texts)];
}

export async function checkSettings(config: Config, texts: Texts, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkPort(config, texts, signal),
    checkThreads(config, texts),
    checkComputer(config, texts),
    checkDisk(config, texts),
    checkDirectories(config, texts),
    checkHub(config, texts, signal),
  ]);
  return [...checkKeys(config, texts), ...checkExposure(config, texts), ...findings.flat()];
}

function checkNode(texts: Texts): Finding {
  const version = process.versions.node;
  const isNewEnough = version.localeCompare(NEEDED_NODE, "en", { numeric: true }) >= 0;
  if (isNewEnough) return { check: "node", level: "ok", message: texts.nodeVersion(version) };
  return { check: "node", level: "problem", message: texts.nodeTooOld(version, NEEDED_NODE), fix: texts.nodeFix };
}

/** Loads it: that a package lies there does not mean that its native part fits this machine. */
async function checkPackage(name: string, purpose: "chat" | "embedding", texts: Texts): Promise<Finding> {
  const fix = texts.packageFix(name);
  try {
    await import(name);
    return { check: name, level: "ok", message: texts.packageInstalled(name) };
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
    if (isMissing) return { check: name, level: "warning", message: texts.packageMissing(name, purpose), fix };
    return { check: name, level: "warning", message: texts.packageBroken(name, firstLine(error)), fix };
  }
}

async function checkPython(texts: Texts, signal: AbortSignal): Promise<Finding> {
  try {
    await findPython(PYTHON_COMMANDS, AbortSignal.any([signal, AbortSignal.timeout(PYTHON_TIMEOUT_MS)]));
    return { check: "python", level: "ok", message: texts.python };
  } catch (error) {
    if (signal.aborted || !(error instanceof EngineError || isTimeout(error))) throw error;
    return { check: "python", level: "warning", message: texts.noPython, fix: texts.pythonFix };
  }
}

function checkMemory(texts: Texts): Finding {
  const bytes = process.availableMemory();
  const message = texts.memory(byteSize(bytes));
  if (bytes >= SCARCE_MEMORY_BYTES) return { check: "memory", level: "ok", message };
  return { check: "memory", level: "warning", message, fix: texts.memoryFix };
}

function checkKeys(config: Config, texts: Texts): readonly Finding[] {
  const ready = catalogue(config, providers, []).providers.filter(({ configured }) => configured);
  if (ready.length === 0) return [{ check: "keys", level: "warning", message: texts.noKeys, fix: texts.noKeysFix }];
  return ready.map(({ title }) => ({ check: "keys", level: "ok", message: texts.keySet(title) }));
}

function checkExposure({ server }: Config, texts: Texts): readonly Finding[] {
  if (isLoopback(server.host) || server.apiKeys.length > 0) return [];
  return [{ check: "exposure", level: "warning", message: texts.open(server.host), fix: texts.openFix }];
}

async function checkPort({ server: { host, port } }: Config, texts: Texts, signal: AbortSignal): Promise<Finding> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening", { signal });
    return { check: "port", level: "ok", message: texts.portFree(port) };
  } catch (error) {
    signal.throwIfAborted();
    const isTaken = errorCode(error) === "EADDRINUSE";
    const message = texts.portTaken(port, errorCode(error));
    return { check: "port", level: isTaken ? "warning" : "problem", message, fix: texts.portFix };
  } finally {
    server.close();
  }
}

async function checkThreads({ local: { threads } }: Config, texts: Texts): Promise<Finding> {
  const cores = await physicalCores();
  const best = Math.max(1, cores - 1);
  const message = texts.threads(threads, cores);
  if (threads <= best) return { check: "threads", level: "ok", message };
  return { check: "threads", level: "warning", message, fix: texts.threadsFix(best) };
}

/** Where local models come from: another server, or the hub. Any answer will do: it is the way there that is looked at. */
async function checkHub(config: Config, texts: Texts, signal: AbortSignal): Promise<Finding> {
  const { endpoint, offline } = config.local.hub;
  const elsewhere = localModelsElsewhere(config);
  if (elsewhere === undefined && offline) return { check: "hub", level: "ok", message: texts.hubOffline };
  const check = elsewhere === undefined ? "hub" : "elsewhere";
  const url = elsewhere ?? endpoint;
  const dispatcher = createDispatcher({ connectTimeoutMs: HUB_TIMEOUT_MS, proxies: config.proxies });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(HUB_TIMEOUT_MS)]);
    await request(url, { method: "HEAD", dispatcher, signal: limit });
    return { check, level: "ok", message: texts.hubReachable(url) };
  } catch (error) {
    signal.throwIfAborted();
    const message = texts.hubUnreachable(url, errorCode(error));
    return { check, level: "warning", message, fix: elsewhere === undefined ? texts.hubFix : texts.elsewhereFix };
  } finally {
    await dispatcher.destroy();
  }
}

/** What `node-llama-cpp` finds; where it is not installed, that is another finding. */
async function checkComputer({ local: { threads, gpu } }: Config, texts: Texts): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  const start = createLlamaRuntime({
    threads,
    gpu,
    onStart({ name, hasIdleCard }) {
      found.push({ check: "computer", level: "ok", message: texts.computer(name) });
      if (hasIdleCard) found.push({ check: "card", level: "warning", message: texts.idleCard, fix: texts.idleCardFix });
    },
  });
  try {
    await (await start()).dispose();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  return found;
}

async function checkDisk({ local }: Config, texts: Texts): Promise<Finding> {
  const directory = local.hub.cacheDirectory;
  const { bavail, bsize } = await statfs(await existing(directory));
  const bytes = bavail * bsize;
  const message = texts.disk(byteSize(bytes), directory);
  if (bytes >= SCARCE_DISK_BYTES) return { check: "disk", level: "ok", message };
  return { check: "disk", level: "warning", message, fix: texts.diskFix };
}

async function checkDirectories({ local }: Config, texts: Texts): Promise<readonly Finding[]> {
  const found = await Promise.all(local.directories.map(isDirectory));
  return local.directories
    .filter((_, index) => !found[index])
    .map((path) => ({
      check: "directories",
      level: "problem",
      message: texts.directory(path),
      fix: texts.directoryFix,
    }));
}

/** The folder itself, or the nearest one above it that is there already. */
async function existing(directory: string): Promise<string> {
  const parent = dirname(directory);
  return parent === directory || (await isDirectory(directory)) ? directory : existing(parent);
}

async function isDirectory(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info?.isDirectory() ?? false;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
}

/** Why it failed, in one word: `ECONNREFUSED`. Global fetch keeps the reason as the cause. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause === undefined ? error.name : errorCode(error.cause);
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
