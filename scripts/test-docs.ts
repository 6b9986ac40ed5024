import { existsSync, globSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../src/config.ts";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { providers } from "../src/providers/index.ts";
import { start } from "../src/start.ts";
import { PYTHON } from "../test/clients/python.ts";
import { type Block, blocksOf } from "../test/docs/blocks.ts";
import { startSurroundings, type Surroundings } from "../test/docs/surroundings.ts";
import { createWorkshop } from "../test/docs/workshop.ts";

/**
 * Runs every command and program of the documentation, page by page: `npm run test:docs`, or `-- docs/en/api.md`. What they
 * call is on this machine: vendors and a hub with tiny models. Blocks that cannot be run here have a note that says why.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const RUNNABLE: ReadonlySet<string> = new Set(["sh", "bash", "js", "python"]);

const named = process.argv.slice(2);
const pages =
  named.length > 0
    ? named
    : ["README.md", "README.zh-TW.md", "CONTRIBUTING.md", ...globSync("docs/*/*.md", { cwd: root }).toSorted()];
const hasPython = existsSync(PYTHON);
if (!hasPython)
  console.log("Left out: the Python programs: 'npm test -- test/clients/python.test.ts' installs their packages.");

await using surroundings = await startSurroundings();
await using server = await startServer(surroundings);
const done = new Map<string, string>();
let failures = 0;
for (const page of pages) await testPage(page);
console.log(failures === 0 ? "All commands of the documentation work." : `${failures} commands failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function testPage(page: string): Promise<void> {
  const blocks = blocksOf(readFileSync(join(root, page), "utf8")).filter(isForUs);
  const texts = JSON.stringify(blocks.map(({ text }) => text));
  const same = done.get(texts);
  if (blocks.length > 0 && same !== undefined) return console.log(`${page}: the same as ${same}`);
  done.set(texts, page);

  await using workshop = await createWorkshop(surroundings, server.url);
  let run = 0;
  for (const block of blocks) {
    const place = `${page}:${block.line}`;
    if (block.notRun !== undefined) {
      console.log(`${place}: not run: ${block.notRun}`);
      continue;
    }
    try {
      await workshop.run(block);
      run++;
    } catch (thrown) {
      failures++;
      console.log(`${place}: failed\n${block.text}\n${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  console.log(`${page}: ${run} of ${blocks.length} blocks run`);
}

function isForUs({ language, file }: Block): boolean {
  return file !== undefined || (RUNNABLE.has(language) && (language !== "python" || hasPython));
}

/** The server that readers have running: with a folder of models of their own, as models.md tells them. */
async function startServer({ environment }: Surroundings): Promise<{ readonly url: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-docs-"));
  await mkdir(join(directory, "models"));
  await cp(join(tinyModel("llama-3").snapshot.directory, "model.gguf"), join(directory, "models/my-model.gguf"));
  process.chdir(directory); // paths of models begin at the server's working directory
  const defaults = { PORT: "0", LOG_LEVEL: "silent", HOME: directory, SHUTDOWN_TIMEOUT: "0", OMNIPORT_THREADS: "1" };
  const yaml = join(directory, "omniport.yaml");
  await cp(new URL("../test/docs/omniport.yaml", import.meta.url), yaml);
  const config = await loadConfig({ environment: { ...defaults, ...environment }, directory, providers });
  const running = await start(config);
  return {
    url: running.url,
    async [Symbol.asyncDispose]() {
      await running.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
