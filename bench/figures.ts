import type { Case } from "./cases.ts";
import type { Measured } from "./load.ts";
import type { Target } from "./targets.ts";

export interface Boot {
  readonly target: Target;
  /** From the start of the process to its first good answer. */
  readonly firstAnswerMs: number;
  readonly idleMiB: number;
}

export interface Round {
  readonly case: string;
  readonly target: string;
  readonly measured: Measured;
}

export interface Results {
  readonly cases: readonly Case[];
  readonly boots: readonly Boot[];
  readonly rounds: readonly Round[];
}

/** What is divided by, where it can do the case: the first, else the second. */
const REFERENCES = ["nginx", "tensorzero"];

/**
 * A table in Markdown: CPU time for one answer, least of the rounds, because what else a machine does can only add to it;
 * behind it, in brackets, how many times that of nginx, or of TensorZero where nginx cannot do it. A case of which a call
 * has failed has no figure.
 */
export function figures({ cases, boots, rounds }: Results): string {
  const of = (target: string, name: string): readonly Measured[] =>
    rounds.filter((round) => round.target === target && round.case === name).map(({ measured }) => measured);
  const cpu = (target: string, name: string): number | undefined => {
    const all = of(target, name);
    const isGood = all.length > 0 && all.every(({ answers, failures }) => answers > 0 && failures === 0);
    return isGood ? Math.min(...all.map(({ cpuMicros }) => cpuMicros)) : undefined;
  };
  const cell = (target: string, name: string): string => {
    const micros = cpu(target, name);
    if (micros === undefined) return "–";
    const reference = REFERENCES.map((one) => cpu(one, name)).find((one) => one !== undefined);
    return micros.toFixed(0) + (reference === undefined ? "" : ` (${(micros / reference).toFixed(2)} ×)`);
  };
  const firstByte = (target: string): string => {
    const all = of(target, "paced")
      .filter(({ answers }) => answers > 0)
      .map(({ medianFirstByteMs }) => medianFirstByteMs);
    return all.length === 0 ? "–" : `${Math.min(...all).toFixed(1)} ms`;
  };
  const peak = (target: string): string => {
    const all = rounds.filter((round) => round.target === target).map(({ measured }) => measured.peakMiB);
    return all.length === 0 ? "–" : Math.max(...all).toFixed(0);
  };

  const header = [
    "CPU µs per answer",
    ...cases.map(({ title }) => title),
    "first byte of a paced stream",
    "start to first answer",
    "idle MiB",
    "peak MiB",
  ];
  const rows = boots.map(({ target, firstAnswerMs, idleMiB }) => [
    target.title,
    ...cases.map(({ name }) => cell(target.name, name)),
    firstByte(target.name),
    `${(firstAnswerMs / 1000).toFixed(2)} s`,
    idleMiB.toFixed(0),
    peak(target.name),
  ]);
  return markdownTable(header, rows);
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
