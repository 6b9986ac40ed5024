import { setTimeout } from "node:timers/promises";
import { figuresOf, MEASURED } from "../figures.ts";
import type { Figures } from "../probe.ts";
import { type Program, startProgram } from "../program.ts";
import { claude } from "../vendors/claude.ts";
import { gemini } from "../vendors/gemini.ts";
import { ollama } from "../vendors/ollama.ts";
import { openai } from "../vendors/openai.ts";
import { createLoad, type Load, type Tally } from "./load.ts";

import { startUpstreams, type Upstreams } from "./upstreams.ts";

export interface SoakOptions {
  readonly minutes: number;
  readonly streams: number;
  readonly heapMiB: number;
  /** Told how it stands after each part. */
  readonly onPart: (part: Part) => void;
}

/** What one part of the time has shown; the heap is measured when its last call has ended. */
export interface Part {
  readonly tally: Tally;
  readonly figures: Figures;
}

export interface SoakReport {
  /** What must not be, each in a sentence. */
  readonly problems: readonly string[];
  readonly faults: ReadonlyMap<string, number>;
  /** How much the heap has grown since the first part, which fills caches and pools: 0.1 for a tenth. */
  readonly heapGrowth: number;
}

const VENDORS = [openai, claude, gemini, ollama];
const MODELS = [...VENDORS.map(({ model }) => model), "anyone"];
const PARTS = 6;
const MAX_HEAP_GROWTH = 0.1;
/** How long connections and timers may take to end when nobody is left. */
const SETTLE_MS = 60_000;

/** Short, so that silent upstreams cost little time, but longer than a busy machine is slow. */
const YAML = `
aliases: { anyone: [${VENDORS.map(({ model }) => model).join(", ")}] }
timeouts: { headers_s: 10, first_token_s: 10, idle_s: 5, total_s: 45 }
`;

/** The whole server under mixed traffic with faults, in a process of its own with a small heap. */
export async function soak({ minutes, streams, heapMiB, onPart }: SoakOptions): Promise<SoakReport> {
  const problems: string[] = [];
  await using upstreams = await startUpstreams(VENDORS);
  await using program = await startProgram({
    environment: upstreams.environment,
    yaml: YAML,
    nodeFlags: [...MEASURED, `--max-old-space-size=${heapMiB}`],
  });
  const atStart = await atRest(program);
  const load = createLoad({ api: `${program.url}/v1`, models: MODELS, streams, others: 30 });

  const heaps: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const tally = await load.run((minutes * 60_000) / PARTS);
    const figures = await figuresOf(program);
    heaps.push(figures.heapBytes);
    problems.push(...tally.wrong);
    onPart({ tally, figures });
  }

  const [first = 1, ...later] = heaps;
  const heapGrowth = Math.max(...later) / first - 1;
  if (heapGrowth > MAX_HEAP_GROWTH) problems.push(`The heap has grown by ${(heapGrowth * 100).toFixed(1)} %.`);
  problems.push(...(await afterwards(program, atStart, load, upstreams)));
  return { problems, faults: upstreams.faults, heapGrowth };
}

/** What the program holds while it waits for calls, when all files have been read that its start needs. */
async function atRest(program: Program): Promise<Figures> {
  const until = performance.now() + SETTLE_MS;
  let figures = await figuresOf(program);
  while (figures.resources.some((name) => name.startsWith("FSReq")) && performance.now() < until) {
    await setTimeout(500);
    figures = await figuresOf(program);
  }
  return figures;
}

/** Nobody calls any more: what the server holds must be what it held at the start, and it must stop without complaint. */
async function afterwards(
  program: Program,
  atStart: Figures,
  load: Load,
  upstreams: Upstreams,
): Promise<readonly string[]> {
  await load.close();
  upstreams.hangUp();
  const until = performance.now() + SETTLE_MS;
  let { resources } = await figuresOf(program);
  while (resources.join() !== atStart.resources.join() && performance.now() < until) {
    await setTimeout(500);
    ({ resources } = await figuresOf(program));
  }
  program.process.kill("SIGTERM");
  const exit = await program.ended;
  return [
    ...(resources.join() === atStart.resources.join()
      ? []
      : [`The process holds ${resources.join(", ")} instead of ${atStart.resources.join(", ")}.`]),
    ...(exit === 0 ? [] : [`The process ended with ${exit}.`]),
    ...(program.stderr() === "" ? [] : [`It wrote to standard error: ${program.stderr().slice(0, 2_000)}`]),
  ];
}
