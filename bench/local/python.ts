import { createInterface } from "node:readline";
import { join } from "node:path";
import type { Children } from "../children.ts";
import { venv } from "../installed.ts";
import { cpuSeconds, peakMegabytes } from "../processes.ts";

const PACKAGES = [
  "torch==2.15.0",
  "transformers==5.23.0",
  "sentence-transformers==6.2.0",
  "gguf==0.19.0",
  "accelerate==1.15.0",
];

/** A Python program with a model in memory, that does work as it is told. */
export interface Peer {
  /** @returns the processor time that it took, in seconds. */
  work(order: object): Promise<number>;
  peakMegabytes(): number;
  stop(): Promise<void>;
}

/** Starts `NAME.py` beside this file. @param args of the program. */
export async function startPeer(
  children: Children,
  cache: string,
  name: "transformers_peer" | "sentence_transformers_peer",
  args: readonly string[],
): Promise<Peer> {
  const python = venv(cache, "torch", PACKAGES);
  const child = children.launch([python, join(import.meta.dirname, `${name}.py`), ...args], {
    env: { OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false", HF_HUB_OFFLINE: "1" },
  });
  const { stdin, stdout, pid = 0 } = child;
  if (!stdin || !stdout) throw new TypeError("The program has no input and output.");
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<void> => {
    if ((await lines.next()).done) throw new Error(`${name}.py has ended: its last lines say why.`);
  };
  await line(); // ready
  return {
    async work(order) {
      const before = cpuSeconds(pid);
      stdin.write(`${JSON.stringify(order)}\n`);
      await line();
      return cpuSeconds(pid) - before;
    },
    peakMegabytes: () => peakMegabytes(pid),
    stop: () => children.stop(child),
  };
}
