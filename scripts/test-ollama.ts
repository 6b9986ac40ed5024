import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Runs the tests against a real Ollama server: built from its source, with its own folder of models, on a free port of
 * this machine. Without Go nothing is run, and a line says so; in CI that fails.
 */
const VERSION = "v0.6.5";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, "node_modules", ".cache", "ollama", VERSION);
const binary = join(cache, "bin", process.platform === "win32" ? "ollama.exe" : "ollama");

interface Pulled {
  readonly directory: string;
  readonly files: readonly string[];
}

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  if (!existsSync(binary) && !build()) {
    console.log(`Left out: test/ollama: Ollama ${VERSION} could not be built; it needs Go and a C++ compiler.`);
    return process.env["CI"] === "true" ? 1 : 0;
  }
  const weights = pull();
  if (weights === undefined) {
    console.log("Left out: test/ollama: 'omniport pull local/tiny' failed.");
    return process.env["CI"] === "true" ? 1 : 0;
  }
  const env = { ...process.env, TEST_OLLAMA: binary, TEST_OLLAMA_HOME: cache, TEST_OLLAMA_GGUF: weights };
  const files = globSync("test/ollama/*.test.ts", { cwd: root });
  return spawnSync(process.execPath, ["--test", ...args, ...files], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

/**
 * Takes two minutes. Without these flags the server would run without vector instructions, 5 to 10 times slower. What it has
 * for Intel's matrix unit (AMX) is not among what Go compiles, and would be missed where the machine has one.
 */
function build(): boolean {
  console.log(`Building Ollama ${VERSION} …`);
  const flags = "-O3 -march=native -U__AMX_INT8__";
  const env = { ...process.env, CGO_ENABLED: "1", CGO_CFLAGS: flags, CGO_CXXFLAGS: flags, GOBIN: join(cache, "bin") };
  const { status } = spawnSync("go", ["install", `github.com/ollama/ollama@${VERSION}`], {
    env,
    stdio: ["ignore", "inherit", "ignore"], // Its C++ warns a lot.
  });
  return status === 0;
}

/** The file of weights that the product itself fetches for its smallest model. */
function pull(): string | undefined {
  const { status, stdout } = spawnSync(process.execPath, ["src/main.ts", "pull", "local/tiny", "--json"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) return undefined;
  const { directory, files } = JSON.parse(stdout) as Pulled;
  const weights = files.find((file) => file.endsWith(".gguf"));
  return weights === undefined ? undefined : join(directory, weights);
}
