import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** For what is installed: kept between runs, and outside the repository. */
export const CACHE: string = join(homedir(), ".cache/omniport-bench");

/** Python packages in an environment of their own. @returns its interpreter. */
export function venv(cache: string, name: string, packages: readonly string[]): string {
  const folder = join(cache, name);
  const python = join(folder, "bin/python");
  once(folder, packages.join(" "), () => {
    execFileSync("python3", ["-m", "venv", "--clear", folder]);
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
  });
  return python;
}

/** Does it unless it was done already in this folder, for the same `what`. */
export function once(folder: string, what: string, work: () => void): void {
  const stamp = join(folder, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === what) return;
  process.stderr.write(`# installing ${what} into ${folder}\n`);
  work();
  writeFileSync(stamp, what);
}
