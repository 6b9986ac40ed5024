import type { Purpose } from "../engine/hub/needed-files.ts";

/** All that the command line says. A text that one language lacks does not compile. */
export interface Messages {
  readonly help: {
    readonly tagline: string;
    readonly usage: string;
    readonly commands: string;
    readonly serve: string;
    readonly engine: string;
    readonly run: string;
    readonly pull: string;
    readonly list: string;
    readonly show: string;
    readonly rm: string;
    readonly bench: string;
    readonly models: string;
    readonly doctor: string;
    readonly options: string;
    readonly host: string;
    readonly port: string;
    readonly config: string;
    readonly embedding: string;
    readonly yes: string;
    readonly json: string;
    readonly help: string;
    readonly version: string;
    readonly settings: string;
  };
  readonly usage: {
    readonly unknownCommand: (name: string, meant: string | undefined) => string;
    readonly unknownOption: (name: string, meant: string | undefined) => string;
    readonly valueMissing: (option: string) => string;
    readonly valueUnwanted: (option: string) => string;
    readonly argumentUnwanted: (argument: string) => string;
    readonly modelMissing: (command: string) => string;
    readonly promptMissing: string;
    readonly yesMissing: string;
  };
  readonly failure: {
    readonly settings: string;
    readonly portInUse: (port: number) => string;
    readonly portForbidden: (port: number) => string;
    readonly hostUnavailable: (host: string) => string;
    readonly unexpected: (reason: string) => string;
    readonly interrupted: string;
  };
  readonly serve: {
    readonly listening: (version: string, url: string) => string;
    readonly providers: string;
    readonly noProviders: string;
    readonly localModels: string;
    readonly localModelsElsewhere: (url: string) => string;
    readonly downloadedWhenCalled: string;
    readonly configFile: string;
    readonly tryIt: string;
    readonly open: (host: string) => string;
    readonly stopping: (seconds: number) => string;
  };
  readonly engine: {
    readonly listening: (version: string, url: string) => string;
    readonly gateway: string;
    /** In place of the key itself. */
    readonly key: string;
  };
  readonly run: {
    readonly welcome: (model: string) => string;
    readonly commands: string;
    readonly stopped: string;
    readonly cleared: string;
    readonly systemSet: string;
    readonly systemRemoved: string;
    readonly unknownCommand: (name: string) => string;
  };
  readonly pull: {
    readonly progress: (model: string, percent: number, total: string) => string;
    readonly bar: string;
    readonly done: (model: string, directory: string) => string;
  };
  readonly list: {
    readonly headings: readonly [model: string, purpose: string, size: string];
    /** A heading, where a server runs. */
    readonly loaded: string;
    readonly yes: string;
    readonly purpose: Readonly<Record<Purpose, string>>;
    readonly empty: string;
  };
  readonly show: Readonly<
    Record<
      | "model"
      | "purpose"
      | "architecture"
      | "parameters"
      | "quantization"
      | "context"
      | "licence"
      | "template"
      | "tools"
      | "size"
      | "revision"
      | "path"
      | "unknown"
      | "asStored"
      | "yes"
      | "no"
      | "toolsNative"
      | "toolsEmulated",
      string
    >
  > & {
    readonly tokens: (count: number) => string;
    readonly files: (size: string, count: number) => string;
  };
  readonly rm: {
    readonly question: (models: string) => string;
    /** What counts as a yes. */
    readonly yes: RegExp;
    readonly kept: string;
    readonly done: (model: string, size: string) => string;
  };
  readonly bench: {
    readonly running: (model: string) => string;
    readonly interrupted: string;
    readonly model: string;
    readonly threads: string;
    readonly load: string;
    readonly prompt: (tokens: number) => string;
    readonly generation: string;
    readonly firstToken: string;
    readonly shortTexts: string;
    readonly longTexts: string;
    readonly pairs: string;
    readonly memory: string;
    readonly tokensPerS: string;
    readonly textsPerS: string;
    readonly pairsPerS: string;
  };
  readonly models: {
    readonly headings: readonly [model: string, state: string, size: string];
    readonly downloaded: string;
    readonly notDownloaded: string;
    readonly ready: string;
    readonly noKey: (variable: string) => string;
    readonly noAddress: (variable: string) => string;
  };
  readonly doctor: DoctorMessages;
}

export interface DoctorMessages {
  readonly level: Readonly<Record<"ok" | "warning" | "problem", string>>;
  readonly summary: (problems: number, warnings: number) => string;
  readonly fix: (text: string) => string;
  readonly nodeVersion: (version: string) => string;
  readonly nodeTooOld: (version: string, needed: string) => string;
  readonly nodeFix: string;
  readonly configFile: (path: string) => string;
  readonly noConfigFile: string;
  readonly configFix: string;
  readonly packageInstalled: (name: string) => string;
  readonly packageMissing: (name: string, purpose: "chat" | "embedding") => string;
  readonly packageBroken: (name: string, reason: string) => string;
  readonly packageFix: (name: string) => string;
  readonly keySet: (provider: string) => string;
  readonly noKeys: string;
  readonly noKeysFix: string;
  readonly threads: (threads: number, cores: number) => string;
  readonly computer: (name: string) => string;
  readonly idleCard: string;
  readonly idleCardFix: string;
  readonly threadsFix: (best: number) => string;
  readonly hubReachable: (endpoint: string) => string;
  readonly hubOffline: string;
  readonly hubUnreachable: (endpoint: string, reason: string) => string;
  readonly hubFix: string;
  readonly elsewhereFix: string;
  readonly python: string;
  readonly noPython: string;
  readonly pythonFix: string;
  readonly disk: (free: string, directory: string) => string;
  readonly diskFix: string;
  readonly memory: (free: string) => string;
  readonly memoryFix: string;
  readonly portFree: (port: number) => string;
  readonly portTaken: (port: number, reason: string) => string;
  readonly portFix: string;
  readonly open: (host: string) => string;
  readonly openFix: string;
  readonly directory: (path: string) => string;
  readonly directoryFix: string;
}
