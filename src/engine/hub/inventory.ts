import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../messages/say.ts";
import { derivedFolder, derivedModelFolder } from "../derived-folder.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { formatReference, type ModelReference, parseReference } from "../reference.ts";
import { cachedRepos, listFiles, readRef, repoFolder, snapshotFolder } from "./cache.ts";
import { facts, type ModelDescription } from "./describe.ts";
import { mirrorFolder } from "./mirror.ts";
import {
  type FileEntry,
  guessPurpose,
  isInQuantization,
  neededFiles,
  type Purpose,
  quantizedModels,
} from "./needed-files.ts";
import { removeFiles } from "./remove.ts";
import { type ModelConfig, parseConfig } from "./supported.ts";
import type { Mirror } from "./wheel.ts";

export interface InventoryOptions {
  /** Hugging Face's own cache: `…/huggingface/hub`. */
  readonly cacheDirectory: string;
  /** For what comes from elsewhere than the hub: `…/omniport/models`. */
  readonly ownCacheDirectory: string;
  /** For what is made of models' files: `…/omniport`. */
  readonly derivedCacheDirectory: string;
  readonly mirrors: readonly Mirror[];
}

/** A model that is on disk. */
export interface CachedModel {
  /** As a client writes it: `owner/repo:Q8_0`. */
  readonly name: string;
  readonly purpose: Purpose;
  readonly bytes: number;
}

/** The models that are on disk. Asks nobody over the network, and loads nothing. */
export interface Inventory {
  cached(): Promise<readonly CachedModel[]>;
  /**
   * What the files of a model say of it. A name that fits several, such as `owner/repo` for many quantisations, means the
   * one that a call would take.
   * @throws EngineError `model_not_found` for a model that is not on disk, `bad_request` for a path or a name that is none.
   */
  describe(name: string): Promise<ModelDescription>;
  /**
   * Removes a model's files and all that was made of them: `owner/repo` in every quantisation and revision,
   * `owner/repo@revision` and `owner/repo:Q8_0` only these. Never touches anything outside of the caches.
   * @returns the bytes that were removed
   * @throws EngineError as `describe`.
   */
  remove(name: string): Promise<number>;
}

type RepoReference = ModelReference & { readonly kind: "repo" };

export function createInventory(options: InventoryOptions): Inventory {
  const { cacheDirectory, ownCacheDirectory, derivedCacheDirectory, mirrors } = options;

  /** Where the files of a repository are, at the revision that is asked for. */
  async function places({ repo, revision }: RepoReference): Promise<readonly Place[]> {
    const folder = repoFolder(cacheDirectory, repo);
    const commit = await readRef(folder, revision);
    const fromHub = commit === undefined ? [] : [{ directory: snapshotFolder(folder, commit), revision: commit }];
    const fromMirrors = mirrorsOf(repo).map((mirror) => {
      return { directory: mirrorFolder(ownCacheDirectory, mirror), revision: mirror.wheelSha256 };
    });
    const all = [...fromHub, ...fromMirrors];
    return Promise.all(all.map(async (place) => Object.assign(place, { files: await listFiles(place.directory) })));
  }

  const mirrorsOf = (repo: string): readonly Mirror[] =>
    mirrors.filter((mirror) => mirror.repo.toLowerCase() === repo.toLowerCase());

  /** In one quantisation; without it, in all. */
  async function removeMirrored({ repo, quantization }: RepoReference): Promise<number> {
    const asked = mirrorsOf(repo).filter(
      (mirror) => quantization === undefined || quantization.toUpperCase() === mirror.quantization,
    );
    const bytes = asked.map((mirror) => removeFolder(mirrorFolder(ownCacheDirectory, mirror)));
    return (await Promise.all(bytes)).reduce((sum, one) => sum + one, 0);
  }

  /** The same for what was made of a model's files; of one commit's, where one is named. */
  async function removeDerived({ repo, quantization }: RepoReference, commit?: string): Promise<number> {
    const all = derivedModelFolder(derivedCacheDirectory, repo);
    const folder = commit === undefined ? all : derivedFolder(derivedCacheDirectory, { id: repo, revision: commit });
    if (quantization === undefined) return await removeFolder(folder);
    const files = (await listFiles(folder)).filter(({ path }) => isInQuantization(path, quantization));
    await Promise.all(files.map(({ path }) => rm(join(folder, path), { force: true })));
    return files.reduce((sum, { size }) => sum + size, 0);
  }

  return {
    async cached() {
      const repos = await cachedRepos(cacheDirectory);
      const names = new Set([...repos, ...mirrors.map(({ repo }) => repo)]);
      const found = await Promise.all(
        [...names].map(async (repo) => {
          const all = await places({ kind: "repo", repo, revision: "main" });
          return (await Promise.all(all.toReversed().map((place) => models(repo, place)))).flat();
        }),
      );
      return [...new Map(found.flat().map((model) => [model.name, model])).values()];
    },

    async describe(name) {
      const reference = repoReference(name);
      const { repo, quantization } = reference;
      for (const place of await places(reference)) {
        const { directory, revision, files } = place;
        const [{ purpose } = { purpose: "chat" as const }] = await models(repo, place);
        const needed = neededFiles(files, purpose, quantization);
        if (!needed) continue;
        const snapshot: Snapshot = { id: repo, directory, revision, files: needed.map(({ path }) => path) };
        const bytes = needed.reduce((sum, { size }) => sum + size, 0);
        const head = { name: formatReference(reference), purpose, directory, revision, files: needed, bytes };
        return { ...head, ...(await facts(snapshot)) };
      }
      throw notOnDisk(name);
    },

    async remove(name) {
      const reference = repoReference(name);
      const { repo, revision, quantization } = reference;
      const folder = repoFolder(cacheDirectory, repo);
      const commit = name.includes("@") ? ((await readRef(folder, revision)) ?? revision) : undefined;
      const fromHub = await removeFiles(
        folder,
        (of, path) =>
          (commit === undefined || of === commit) &&
          (quantization === undefined || isInQuantization(path, quantization)),
      );
      const mirrored = commit === undefined ? await removeMirrored(reference) : 0;
      const derived = await removeDerived(reference, commit);
      if (fromHub === undefined && mirrored + derived === 0) throw notOnDisk(name);
      return (fromHub ?? 0) + mirrored + derived;
    },
  };
}

interface Place {
  readonly directory: string;
  readonly revision: string;
  readonly files: readonly FileEntry[];
}

function repoReference(name: string): RepoReference {
  const reference = parseReference(name);
  if (reference.kind === "repo") return reference;
  throw new EngineError("bad_request", say.pathNotKept(name));
}

/** @returns the bytes that this made free */
async function removeFolder(folder: string): Promise<number> {
  const files = await listFiles(folder);
  await rm(folder, { recursive: true, force: true });
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Each model in GGUF, else what the repository's own weights are for. */
async function models(repo: string, { directory, files }: Place): Promise<readonly CachedModel[]> {
  const quantized = quantizedModels(files).map(({ quantization, bytes }) => {
    const name = quantization === undefined ? repo : `${repo}:${quantization}`;
    return { name, purpose: "chat" as const, bytes };
  });
  if (quantized.length > 0) return quantized;
  const [architecture] = (await readConfig(directory)).architectures ?? [];
  const purpose = guessPurpose(files, architecture);
  const needed = purpose && neededFiles(files, purpose, undefined);
  return needed ? [{ name: repo, purpose, bytes: needed.reduce((sum, { size }) => sum + size, 0) }] : [];
}

async function readConfig(directory: string): Promise<ModelConfig> {
  return parseConfig(await readFile(join(directory, "config.json"), "utf8").catch(() => "{}")); // Not every model has one.
}

function notOnDisk(name: string): EngineError {
  return new EngineError("model_not_found", say.notOnDisk(name));
}
