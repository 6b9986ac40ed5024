import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

/** The engine processes that this process, or the one that is named, has started. */
export function enginesOf(parent: number = process.pid): number[] {
  return childrenOf(parent, "engine-process");
}

/** The gateway processes that the process has started. */
export function workersOf(parent: number): number[] {
  return childrenOf(parent, "worker-process");
}

function childrenOf(parent: number, name: string): number[] {
  return running().flatMap(({ pid, parent: its, command }) =>
    its === parent && command.endsWith(` ${name}`) ? [pid] : [],
  );
}

/** Resolves when the process has ended; the test's own time limit ends the wait. */
export async function ended(pid: number): Promise<void> {
  while (running().some((one) => one.pid === pid)) await setTimeout(20);
}

/** Resolves when the parent of an ended process has heard of its end, too. */
export async function heardOf(pid: number): Promise<void> {
  const isThere = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isThere()) await setTimeout(5);
}

/** Processes that have ended and that nobody has asked about (zombies) left out. */
function running(): Process[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).trim().split("\n");
  const all = lines.map((line): Process => {
    const [pid, parent, state = "", ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state, command: command.join(" ") };
  });
  return all.filter(({ state }) => !state.startsWith("Z"));
}
