import { dirname, relative, resolve } from "node:path";
import { physicalCores } from "./config/cores.ts";
import { DEFAULTS } from "./config/defaults.ts";
import { checkKeepAlive, parseDuration } from "./engine/keep-alive.ts";
import { checkMemory, parseMemory } from "./config/memory.ts";
import { checkWorkers, workersOf } from "./config/workers.ts";
import type { Environment, Variables } from "./config/environment.ts";
import { createVariables, readIfThere, withDotEnv } from "./config/environment.ts";
import { ConfigError } from "./config/error.ts";
import type { ConfigFile } from "./config/file.ts";
import type { Folders } from "./config/folders.ts";
import { expandHome, folders } from "./config/folders.ts";
import { checkModels, checkProviders, resolveAliases } from "./config/names.ts";
import { type OtlpConfig, otlpConfig, type TrafficConfig, trafficConfig } from "./config/observing.ts";
import type { GpuMode } from "./config/rules.ts";
import * as rules from "./config/rules.ts";
import type { FileSettings, PriceSettings, ProviderSettings, TimeoutSettings } from "./config/schema.ts";
import type { AttemptPolicy } from "./gateway/attempt.ts";
import type { LimitsSettings } from "./gateway/limits.ts";
import type { Group, ModelSettings } from "./gateway/model.ts";
import type { Price } from "./gateway/prices/price.ts";
import type { OnStreamBreak } from "./gateway/resume.ts";
import type { Timeouts } from "./gateway/timeouts.ts";
import type { ProviderFacts } from "./providers/provider.ts";
import type { LogLevel } from "./telemetry/log.ts";
import type { Proxies } from "./upstream/dispatcher.ts";

/** All settings, checked. What the environment says wins over the configuration file, and that over the defaults. */
export interface Config {
  /** The configuration file that was read: an absolute path. */
  readonly file: string | undefined;
  readonly server: ServerConfig;
  readonly logLevel: LogLevel;
  /** How to reach the known providers, by name: one entry for each. */
  readonly connections: ReadonlyMap<string, ConnectionSettings>;
  /** Further OpenAI-compatible servers. */
  readonly providers: readonly NamedProvider[];
  /** Alias → models, none of which is an alias itself. */
  readonly aliases: ReadonlyMap<string, Group>;
  /** By the model's name. */
  readonly models: ReadonlyMap<string, ModelSettings>;
  readonly attempts: AttemptPolicy;
  readonly onStreamBreak: OnStreamBreak;
  readonly limits: LimitsSettings;
  /** For calls of providers and downloads of models; undefined where none is set. */
  readonly proxies: Proxies | undefined;
  readonly local: LocalConfig;
  readonly traffic: TrafficConfig;
  /** Undefined: traces and metrics are sent nowhere. */
  readonly otlp: OtlpConfig | undefined;
  /** Whether fields that a provider cannot honour are dropped instead of refused. */
  readonly dropParams: boolean;
}

export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  /** How many processes answer calls. */
  readonly workers: number;
  /** Clients must send one of these; none: any key is accepted. */
  readonly apiKeys: readonly string[];
  /** Undefined: the server's own rule. */
  readonly corsOrigins: readonly string[] | undefined;
  /** Besides the names that always are: in small letters, without port. */
  readonly allowedHosts: readonly string[];
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly shutdownTimeoutMs: number;
  /** After so much silence a stream says that it is alive; 0: never. */
  readonly keepAliveMs: number;
}

/** What the user set; the rest is as `ProviderFacts` has it. */
export interface ConnectionSettings {
  /** Without a slash at its end. */
  readonly baseUrl?: string;
  /** Calls go to them in turn. */
  readonly keys: readonly string[];
  /** The variables that may hold the keys, the one to name in messages first. */
  readonly keyVariables: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
}

export interface NamedProvider {
  readonly name: string;
  readonly title?: string;
  readonly baseUrl: string;
  readonly keys: readonly string[];
  readonly keyVariables: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  /** Whether its models go on with an assistant's message at the end of the conversation. */
  readonly takesPrefill: boolean;
}

export interface LocalConfig {
  /** What `local/chat`, `local/tiny` and `local/embed` stand for. */
  readonly chat: string;
  readonly tiny: string;
  readonly embed: string;
  /** Absolute paths, from which models may be served by path. */
  readonly directories: readonly string[];
  readonly threads: number;
  readonly contextTokens: number;
  readonly gpu: GpuMode;
  /** What models in memory may take together. */
  readonly memoryBytes: number;
  /** How long a model stays in memory when nobody uses it. */
  readonly keepAliveMs: number;
  /** Models that are loaded when the server starts. */
  readonly preload: readonly string[];
  /** Whether llama.cpp starts with the server, to say at once what it computes on. */
  readonly startsWithServer: boolean;
  /** How weights that are not GGUF are kept when a model's name does not say: `Q8_0`, `native`. Undefined: by their size. */
  readonly quantization: string | undefined;
  readonly hub: HubConfig;
  /** Omniport's own, for what is made from the models' files. */
  readonly cacheDirectory: string;
}

export interface HubConfig {
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Shared with Hugging Face's own tools. */
  readonly cacheDirectory: string;
  readonly offline: boolean;
}

export interface LoadOptions {
  /** Instead of the process's own. */
  readonly environment?: Environment;
  /** Where `.env` and `omniport.yaml` are looked for, instead of the working directory. */
  readonly directory?: string;
  readonly providers: readonly ProviderFacts[];
}

/** The process's environment, for whoever is to be told a part of it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** @throws ConfigError that lists all that is wrong. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const directory = resolve(options.directory ?? process.cwd());
  const environment = await withDotEnv(directory, options.environment ?? processEnvironment());
  const problems: string[] = [];
  const report = (problem: string) => void problems.push(problem);

  const variables = createVariables(environment, report);
  const { path, file } = await readConfigFile(directory, variables, environment, report);
  const { settings } = file;
  checkProviders(file, options.providers, report);
  checkModels(file, options.providers, report);

  const config: Config = {
    file: path,
    server: serverConfig(variables, settings.server),
    logLevel: variables.oneOf("LOG_LEVEL", rules.LOG_LEVELS) ?? DEFAULTS.logLevel,
    connections: new Map(options.providers.map((facts) => [facts.name, connection(variables, facts, settings)])),
    providers: namedProviders(variables, options.providers, settings),
    aliases: resolveAliases(file, report),
    models: modelSettings(settings.models),
    attempts: {
      retries: settings.retries ?? DEFAULTS.retries,
      maxWaitMs: (settings.max_wait_s ?? DEFAULTS.maxWaitS) * 1000,
      rerouteRefusals: settings.reroute_refusals ?? false,
    },
    limits: limits(settings),
    proxies: proxies(variables),
    onStreamBreak: settings.on_stream_break ?? DEFAULTS.onStreamBreak,
    dropParams: settings.drop_params ?? false,
    traffic: trafficConfig(variables, settings.traffic, folders(environment).cache),
    otlp: otlpConfig(variables, report),
    local: await localConfig(variables, settings.local, folders(environment), dirname(path ?? directory), report),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

interface FoundFile {
  readonly path: string | undefined;
  readonly file: ConfigFile;
}

async function readConfigFile(
  directory: string,
  variables: Variables,
  environment: Environment,
  report: (problem: string) => void,
): Promise<FoundFile> {
  const named = variables.text("OMNIPORT_CONFIG");
  const path = resolve(directory, expandHome(named ?? DEFAULTS.configFile));
  const name = displayName(directory, path);
  const source = await readIfThere(path, name);
  if (source === undefined) {
    if (named !== undefined) report(`OMNIPORT_CONFIG: there is no file "${path}"; write the path of a YAML file.`);
    return { path: undefined, file: { settings: {}, at: () => name } };
  }
  // zod and yaml take a while to load, and most people have no such file.
  const { parseConfigFile } = await import("./config/file.ts");
  return { path, file: parseConfigFile(source, name, environment, report) };
}

function displayName(directory: string, path: string): string {
  const name = relative(directory, path);
  return name.startsWith("..") ? path : name;
}

function serverConfig(variables: Variables, settings: FileSettings["server"] = {}): ServerConfig {
  const keys = variables.keys("OMNIPORT_API_KEY");
  const timeoutS = variables.number("SHUTDOWN_TIMEOUT", rules.SHUTDOWN_TIMEOUT_S) ?? settings.shutdown_timeout_s;
  const keepAliveS = variables.number("SSE_KEEP_ALIVE", rules.KEEP_ALIVE_S) ?? settings.sse_keep_alive_s;
  return {
    host: variables.text("HOST", rules.checkHost) ?? settings.host ?? DEFAULTS.host,
    port: variables.number("PORT", rules.PORT) ?? settings.port ?? DEFAULTS.port,
    workers: workersOf(variables.text("WORKERS", checkWorkers) ?? settings.workers ?? DEFAULTS.workers),
    apiKeys: keys.length > 0 ? keys : (settings.api_keys ?? []),
    corsOrigins: settings.cors_origins,
    allowedHosts: (settings.allowed_hosts ?? []).map((host) => host.toLowerCase()),
    maxBodyBytes: (settings.max_body_mb ?? DEFAULTS.maxBodyMiB) * 1024 * 1024,
    maxConnections: settings.max_connections ?? DEFAULTS.maxConnections,
    shutdownTimeoutMs: (timeoutS ?? DEFAULTS.shutdownTimeoutS) * 1000,
    keepAliveMs: (keepAliveS ?? DEFAULTS.keepAliveS) * 1000,
  };
}

function connection(variables: Variables, facts: ProviderFacts, settings: FileSettings): ConnectionSettings {
  const own = settings.providers?.[facts.name] ?? {};
  const keyVariables = [...(own.api_key_env === undefined ? [] : [own.api_key_env]), ...facts.env.key];
  const baseUrl = variables.baseUrl(facts.env.baseUrl) ?? withoutSlash(own.base_url);
  const options = Object.entries(facts.env.options ?? {}).flatMap(([option, names]) => {
    const value = names.map((name) => variables.text(name)).find((text) => text !== undefined);
    return value === undefined ? [] : [[option, value] as const];
  });
  return {
    ...(baseUrl === undefined ? {} : { baseUrl }),
    keys: keys(variables, keyVariables, own),
    keyVariables,
    headers: own.headers ?? {},
    options: Object.fromEntries(options),
    timeouts: timeouts(settings.timeouts, own.timeouts),
  };
}

function namedProviders(
  variables: Variables,
  known: readonly ProviderFacts[],
  settings: FileSettings,
): readonly NamedProvider[] {
  const knownNames = new Set(known.map(({ name }) => name));
  return Object.entries(settings.providers ?? {})
    .filter(([name]) => !knownNames.has(name))
    .map(([name, own]) => namedProvider(variables, name, own, settings.timeouts));
}

function namedProvider(
  variables: Variables,
  name: string,
  own: ProviderSettings,
  ofAll: TimeoutSettings | undefined,
): NamedProvider {
  const keyVariables = own.api_key_env === undefined ? [] : [own.api_key_env];
  return {
    name,
    ...(own.title === undefined ? {} : { title: own.title }),
    // checkProviders has reported a missing one.
    baseUrl: withoutSlash(own.base_url) ?? "",
    keys: keys(variables, keyVariables, own),
    keyVariables,
    headers: own.headers ?? {},
    timeouts: timeouts(ofAll, own.timeouts),
    takesPrefill: own.prefill ?? false,
  };
}

/** One key, or several that are used in turn, separated by commas. */
function keys(variables: Variables, names: readonly string[], own: ProviderSettings): readonly string[] {
  const text = variables.key(names) ?? own.api_key ?? "";
  return text.split(",").filter((key) => key !== "");
}

function limits({ limits = {}, providers = {} }: FileSettings): LimitsSettings {
  const { running, queued = DEFAULTS.queued, wait_s = DEFAULTS.queueWaitS } = limits;
  return {
    ...(running !== undefined && { ofAll: running }),
    ofProviders: new Map(
      Object.entries(providers).flatMap(([name, { max_running }]) =>
        max_running === undefined ? [] : [[name, max_running] as const],
      ),
    ),
    queue: { queued, waitMs: wait_s * 1000 },
  };
}

/** The variables that other programs read, too; those in small letters count before the others. */
function proxies(variables: Variables): Proxies | undefined {
  const http = variables.proxy(["http_proxy", "HTTP_PROXY"]);
  const https = variables.proxy(["https_proxy", "HTTPS_PROXY"]);
  if (http === "" && https === "") return undefined;
  return { http, https, except: variables.text("no_proxy") ?? variables.text("NO_PROXY") ?? "" };
}

/** What stands later counts. */
function timeouts(...settings: readonly (TimeoutSettings | undefined)[]): Timeouts {
  const { connect_s, headers_s, first_token_s, idle_s, total_s } = Object.assign({}, ...settings) as TimeoutSettings;
  return {
    ...(connect_s !== undefined && { connectMs: connect_s * 1000 }),
    ...(headers_s !== undefined && { headersMs: headers_s * 1000 }),
    ...(first_token_s !== undefined && { firstTokenMs: first_token_s * 1000 }),
    ...(idle_s !== undefined && { idleMs: idle_s * 1000 }),
    ...(total_s !== undefined && { totalMs: total_s * 1000 }),
  };
}

function modelSettings(models: FileSettings["models"] = {}): ReadonlyMap<string, ModelSettings> {
  return new Map(
    Object.entries(models).map(([name, { context_tokens, timeouts: own, max_running, price }]) => [
      name,
      {
        timeouts: timeouts(own),
        ...(context_tokens !== undefined && { contextTokens: context_tokens }),
        ...(max_running !== undefined && { maxRunning: max_running }),
        ...(price && { price: priceOf(price) }),
      },
    ]),
  );
}

function priceOf({ input, output, cached_input, cache_write }: PriceSettings): Price {
  return {
    input,
    output,
    ...(cached_input !== undefined && { cachedInput: cached_input }),
    ...(cache_write !== undefined && { cacheWrite: cache_write }),
  };
}

async function localConfig(
  variables: Variables,
  settings: FileSettings["local"] = {},
  { hubCache, hubTokenFile, cache }: Folders,
  base: string,
  report: (problem: string) => void,
): Promise<LocalConfig> {
  const threads = variables.number("OMNIPORT_THREADS", rules.THREADS) ?? settings.threads;
  return {
    chat: settings.chat ?? DEFAULTS.chat,
    tiny: settings.tiny ?? DEFAULTS.tiny,
    embed: settings.embed ?? DEFAULTS.embed,
    directories: (settings.directories ?? []).map((folder) => resolve(base, expandHome(folder))),
    threads: threads ?? Math.max(1, (await physicalCores()) - 1),
    contextTokens: settings.context_tokens ?? DEFAULTS.contextTokens,
    gpu: settings.gpu ?? DEFAULTS.gpu,
    memoryBytes: parseMemory(variables.text("OMNIPORT_MEMORY", checkMemory) ?? settings.memory ?? DEFAULTS.memory),
    keepAliveMs: keepAlive(variables.text("OMNIPORT_KEEP_ALIVE", checkKeepAlive) ?? settings.keep_alive),
    startsWithServer: false,
    preload: (variables.list("OMNIPORT_PRELOAD", rules.checkLocalModel) ?? settings.preload ?? []).map(
      rules.withoutPrefix,
    ),
    quantization: variables.oneOf("HF_QUANT", rules.QUANTIZATIONS) ?? undefined,
    hub: {
      endpoint: variables.baseUrl(["HF_ENDPOINT"]) ?? DEFAULTS.hubEndpoint,
      token: variables.key(["HF_TOKEN"]) ?? (await hubToken(hubTokenFile, report)),
      cacheDirectory: hubCache,
      offline: variables.flag("HF_HUB_OFFLINE") ?? false,
    },
    cacheDirectory: cache,
  };
}

function keepAlive(text: string | undefined): number {
  return parseDuration(text ?? DEFAULTS.keepAlive) ?? 0;
}

/** What `hf auth login` left. */
async function hubToken(path: string, report: (problem: string) => void): Promise<string | undefined> {
  const token = (await readIfThere(path, path))?.trim() || undefined;
  const complaint = token === undefined ? undefined : rules.checkKey(token);
  if (complaint === undefined) return token;
  report(`${path}: it ${complaint}.`);
  return undefined;
}

function withoutSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/+$/, "");
}
