import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "../error-code.ts";

const HEARTBEAT_MS = 5_000;
/** A lock that nobody has touched for so long was left behind by a process that was killed. */
const STALE_MS = 30_000;
const POLL_MS = 200;

/**
 * Waits until no other process, and no other caller in this one, holds the lock at `path`; then holds it until disposed.
 * It is a file that only one can create. What it guards must bear two holders all the same: a machine that sleeps loses its lock.
 *
 * @throws the signal's reason when aborted.
 */
export async function lockFile(path: string, signal: AbortSignal): Promise<AsyncDisposable> {
  while (!(await create(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    else await sleep(POLL_MS, undefined, { signal });
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // Only a sign of life: the next one may succeed.
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      await rm(path, { force: true });
    },
  };
}

async function create(path: string): Promise<boolean> {
  try {
    await using file = await open(path, "wx");
    await file.writeFile(`${hostname()} ${process.pid}`);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [host, pid] = (await readFile(path, "utf8")).split(" ");
    if (host === hostname() && pid !== undefined && !isAlive(Number(pid))) return true;
    return Date.now() - (await stat(path)).mtimeMs > STALE_MS;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false; // Released just now.
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH"; // EPERM: it lives, and is someone else's.
  }
}
