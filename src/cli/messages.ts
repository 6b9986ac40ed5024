/** All that the command line says. A text that one language lacks does not compile. */
export interface Messages {
  readonly help: {
    readonly tagline: string;
    readonly usage: string;
    readonly commands: string;
    readonly serve: string;
    readonly pull: string;
    readonly models: string;
    readonly doctor: string;
    readonly options: string;
    readonly host: string;
    readonly port: string;
    readonly config: string;
    readonly embedding: string;
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
    readonly modelMissing: string;
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
  readonly pull: {
    readonly progress: (model: string, percent: number, total: string) => string;
    readonly bar: string;
    readonly done: (model: string, directory: string) => string;
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
  readonly threadsFix: (best: number) => string;
  readonly hubReachable: (endpoint: string) => string;
  readonly hubOffline: string;
  readonly hubUnreachable: (endpoint: string, reason: string) => string;
  readonly hubFix: string;
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
