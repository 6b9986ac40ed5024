import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * The fuzz tests with many more cases than `npm test` has, for a nightly run: a million for each property, which takes
 * some hours. `npm run test:fuzz -- --runs 20000 src/upstream/readers.fuzz.test.ts` is a shorter one. A failure names the
 * seed that repeats it.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "1000000" } },
  allowPositionals: true,
});
if (!/^[1-9]\d{0,9}$/.test(values.runs)) throw new Error(`--runs ${values.runs}: write a whole number from 1.`);

const files = positionals.length > 0 ? positionals : globSync("{src,test}/**/*.fuzz.test.ts", { cwd: root }).toSorted();
const env = { ...process.env, FUZZ_RUNS: values.runs };
process.exitCode = spawnSync(process.execPath, ["--test", ...files], { cwd: root, env, stdio: "inherit" }).status ?? 1;
