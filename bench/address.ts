import type { ChildProcess } from "node:child_process";

/** Of what is printed before the address; the rest is forgotten. */
const KEPT_CHARACTERS = 500;

/** The port in the address that a program prints, behind whatever else it prints. @throws the signal's reason. */
export function printedPort({ stdout }: ChildProcess, signal: AbortSignal): Promise<number> {
  if (!stdout) throw new TypeError("The program has no output.");
  let printed = "";
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  stdout.on("data", (bytes: Buffer) => {
    printed = (printed + bytes.toString()).slice(-KEPT_CHARACTERS);
    const port = /http:\/\/[\w.]+:(\d+)/.exec(printed)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  signal.addEventListener("abort", () => reject(signal.reason));
  return promise;
}
