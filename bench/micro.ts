/*
 * Measures the codecs, and fails where one has become slower than `micro.baseline.json` says: by its ratio to a reference,
 * `JSON.parse` of the same bytes, as a time would say more about the machine. `--write` renews the baseline.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "./figures.ts";
import { CODECS } from "./micro/codecs.ts";
import { ratio } from "./micro/ratio.ts";
import { orUsage } from "./usage.ts";

/** Slower by more than this is a failure; machines differ by less. */
const TOLERANCE = 1.6;
/** What is too slow is measured again: only what always is fails. */
const ATTEMPTS = 3;
const BASELINE = join(import.meta.dirname, "micro.baseline.json");

const USAGE = "npm run bench:micro -- [--write]";
const { values } = orUsage(USAGE, () => parseArgs({ options: { write: { type: "boolean", default: false } } }));
const baseline = JSON.parse(readFileSync(BASELINE, "utf8")) as Readonly<Record<string, number>>;

const measured = new Map<string, number>();
for (const codec of CODECS) {
  const limit = (baseline[codec.name] ?? 0) * TOLERANCE;
  let least = await ratio(codec);
  for (let attempt = 1; attempt < ATTEMPTS && (values.write || least > limit); attempt++) {
    least = Math.min(least, await ratio(codec));
  }
  measured.set(codec.name, least);
}

const header = ["times JSON.parse", "measured", "baseline", ""];
const rows = [...measured].map(([name, value]) => [
  name,
  value.toFixed(2),
  String(baseline[name] ?? "–"),
  verdict(name, value),
]);
process.stdout.write(`${markdownTable(header, rows)}\n`);

if (values.write) {
  const rounded = [...measured].map(([name, value]) => [name, Number(value.toPrecision(3))]);
  writeFileSync(BASELINE, `${JSON.stringify(Object.fromEntries(rounded), undefined, 2)}\n`);
} else if ([...measured].some(([name, value]) => verdict(name, value) !== "")) {
  process.stderr.write(
    `Slower than ${TOLERANCE} times the baseline. If that is meant: npm run bench:micro -- --write\n`,
  );
  process.exitCode = 1;
}

function verdict(name: string, value: number): string {
  if (values.write) return "";
  const expected = baseline[name];
  if (expected === undefined) return "not in the baseline";
  return value > expected * TOLERANCE ? "too slow" : "";
}
