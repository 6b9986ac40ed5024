import { readdir, readFile } from "node:fs/promises";
import { arch, availableParallelism } from "node:os";

const CPU_FOLDER = "/sys/devices/system/cpu";

/**
 * How many cores compute side by side. Two hyper-threads of one core are one: matrix products fill a core with one
 * thread, and a second only takes its cache away.
 */
export async function physicalCores(): Promise<number> {
  const available = availableParallelism();
  const cores = (await linuxCores()) ?? (arch() === "x64" ? Math.ceil(available / 2) : available);
  return Math.max(1, Math.min(cores, available));
}

/** Source: https://docs.kernel.org/admin-guide/cputopology.html: all threads of a core tell the same siblings. */
async function linuxCores(): Promise<number | undefined> {
  try {
    const cpus = (await readdir(CPU_FOLDER)).filter((name) => /^cpu\d+$/.test(name));
    const siblings = await Promise.all(
      cpus.map((cpu) => readFile(`${CPU_FOLDER}/${cpu}/topology/thread_siblings_list`, "utf8")),
    );
    return siblings.length > 0 ? new Set(siblings).size : undefined;
  } catch {
    return undefined; // No Linux, or a container that hides it.
  }
}
