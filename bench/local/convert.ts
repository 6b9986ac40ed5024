/*
 * Converts a repository in this process alone, and prints what it took: `node convert.ts FOLDER FILE THREADS`
 */
import { readdirSync } from "node:fs";
import { totalmem } from "node:os";
import { convertOnThread } from "../../src/engine/convert/convert-thread.ts";
import type { Converted } from "./conversion.ts";

const [directory = "", path = "", threads = "1"] = process.argv.slice(2);
const snapshot = { id: "bench/model", directory, files: readdirSync(directory), revision: "1" };
const startedAt = performance.now();
const memory = { bytes: totalmem(), setting: "100%" };
const conversion = { snapshot, quantization: "Q8_0", path, threads: Number(threads), memory } as const;
await convertOnThread(conversion, new AbortController().signal);

const { user, system } = process.cpuUsage();
const converted: Converted = {
  seconds: (performance.now() - startedAt) / 1000,
  cpuSeconds: (user + system) / 1e6,
  peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6,
};
process.stdout.write(JSON.stringify(converted));
