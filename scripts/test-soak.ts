import { parseArgs } from "node:util";
import { type Part, soak } from "../test/soak/soak.ts";

/**
 * Ten minutes of mixed traffic with faults against the whole server: `npm run test:soak -- --minutes 2`. Fails when
 * the heap grows, a call stays unanswered, or anything is left open.
 */
const STREAMS = 300;
const HEAP_MIB = 160;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 60)) throw new Error(`--minutes ${values.minutes}: write a number up to 60.`);

console.log(`${STREAMS} streams at once for ${minutes} minutes, a heap of at most ${HEAP_MIB} MiB:`);
const { problems, faults, heapGrowth } = await soak({ minutes, streams: STREAMS, heapMiB: HEAP_MIB, onPart: show });
console.log(`Faults of the upstreams: ${list(faults)}.`);
console.log(`Heap: ${(heapGrowth * 100).toFixed(1)} % above that of the first part at most.`);
for (const problem of problems.slice(0, 20)) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

function show({ tally: { complete, left, errors, wrong }, figures }: Part): void {
  const calls = `${complete} complete, ${left} left by the client, errors ${list(errors) || "none"}, ${wrong.length} wrong`;
  console.log(`${calls}; heap ${mebibytes(figures.heapBytes)} MiB, memory ${mebibytes(figures.peakBytes)} MiB at most`);
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(", ");
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
