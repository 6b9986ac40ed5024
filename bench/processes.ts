import { readdirSync, readFileSync } from "node:fs";

/** Linux's, on every machine that this runs on: `getconf CLK_TCK`. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** User and system time that a process, its children, and those of them that have ended have taken. */
export function cpuSeconds(pid: number): number {
  const ticks = tree(pid).map((one) =>
    fields(one)
      .slice(11, 15)
      .reduce((sum, field) => sum + Number(field), 0),
  );
  return ticks.reduce((sum, of) => sum + of, 0) / TICKS_PER_SECOND;
}

/** Resident memory of a process and its children. */
export function residentMiB(pid: number): number {
  const pages = tree(pid).map((one) => Number(fields(one)[21] ?? 0));
  return (pages.reduce((sum, of) => sum + of, 0) * PAGE_BYTES) / 1024 / 1024;
}

/** User and system time of the children of this process that have ended. */
export function endedChildrenCpuSeconds(): number {
  const [user = 0, system = 0] = fields(process.pid).slice(13, 15).map(Number);
  return (user + system) / TICKS_PER_SECOND;
}

/** The most memory that any one process among a process and its children has ever had. */
export function peakMegabytes(pid: number): number {
  return Math.max(...tree(pid).map(peakOf));
}

function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024) / 1e6;
}

function tree(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    const parent = Number.isInteger(pid) ? Number(fields(pid)[1]) : Number.NaN;
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const all = [root];
  for (const pid of all) all.push(...(children.get(pid) ?? []));
  return all;
}

/** What `/proc/PID/stat` says after the name: state, parent, … Empty for a process that is gone. */
function fields(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
