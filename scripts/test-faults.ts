import { type Outcome, runWall } from "../test/faults/wall.ts";

/**
 * The faults of providers in real time, against the program with its default settings: `npm run test:faults`. It takes
 * some eighty seconds, and fails when a caller does not get what it should.
 */
const NAME_WIDTH = 34;

console.log(row("fault", "first word", "end", "asked", "result"));
const outcomes = await runWall(show);
const passed = outcomes.filter(({ problem }) => problem === undefined);
const waitedS = outcomes.reduce((sum, { firstWordMs }) => sum + firstWordMs, 0) / 1000;
console.log(`${passed.length} of ${outcomes.length} passed; ${waitedS.toFixed(1)} s until the first words in all.`);
process.exitCode = passed.length === outcomes.length ? 0 : 1;

function show({ name, problem, firstWordMs, endMs, primaryCalls, fallbackCalls }: Outcome): void {
  console.log(
    row(name, seconds(firstWordMs), seconds(endMs), `${primaryCalls} + ${fallbackCalls}`, problem ?? "passed"),
  );
}

function row(name: string, first: string, end: string, asked: string, result: string): string {
  return `${name.padEnd(NAME_WIDTH)}${first.padStart(11)}${end.padStart(10)}${asked.padStart(12)}   ${result}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
