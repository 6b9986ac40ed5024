import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Part, type PartOptions, say } from "./part.ts";
import { writeRepository } from "./repository.ts";
import { atMost } from "./row.ts";

/** What one conversion took. */
export interface Converted {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** 39 s for 2.34 GB on one thread, divided by 1.6. */
const TARGET_SECONDS_PER_GB = 39 / 2.34 / 1.6;

/** A repository in bfloat16 to Q8_0. */
export const benchConversion: Part = async ({ children, cache, rounds, weightsBytes }) => {
  const folder = join(cache, "repository");
  writeRepository(folder, weightsBytes);
  const gigabytes = statSync(join(folder, "model.safetensors")).size / 1e9;
  try {
    const one = await least(children, folder, 1, rounds);
    const two = await least(children, folder, 2, rounds);
    const work = `conversion of ${gigabytes.toFixed(2)} GB in bf16 to Q8_0`;
    const target = TARGET_SECONDS_PER_GB * gigabytes;
    return [
      { work: `${work}, one thread`, unit: "s", omniport: one.seconds },
      {
        work: `${work}, two threads`,
        unit: "s",
        omniport: two.seconds,
        target: atMost(Number(target.toFixed(1)), "s", two.seconds),
      },
      { work: `${work}, one thread`, unit: "CPU-s", omniport: one.cpuSeconds },
      { work: `${work}, two threads`, unit: "CPU-s", omniport: two.cpuSeconds },
      {
        work: `${work}, two threads: peak memory`,
        unit: "MB",
        omniport: two.peakMegabytes,
        target: atMost(700, "MB", two.peakMegabytes),
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function least(
  children: PartOptions["children"],
  folder: string,
  threads: number,
  rounds: number,
): Promise<Converted> {
  const all: Converted[] = [];
  for (let round = 0; round < rounds; round++) all.push(await convert(children, folder, threads));
  return {
    seconds: Math.min(...all.map(({ seconds }) => seconds)),
    cpuSeconds: Math.min(...all.map(({ cpuSeconds }) => cpuSeconds)),
    peakMegabytes: Math.max(...all.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

async function convert(children: PartOptions["children"], folder: string, threads: number): Promise<Converted> {
  const program = join(import.meta.dirname, "convert.ts");
  const child = children.launch([process.execPath, program, folder, join(folder, "model.gguf"), String(threads)]);
  if (!child.stdout) throw new TypeError("The conversion has no output.");
  const converted = JSON.parse(await text(child.stdout)) as Converted;
  say(`conversion on ${threads} threads: ${JSON.stringify(converted)}`);
  return converted;
}
