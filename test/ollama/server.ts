import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

export interface OllamaServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it without a word to anybody, and the processes that it has started. */
  kill(): Promise<void>;
}

/** What its model is called there. */
export const MODEL = "smollm2";

/** In tokens: what the server gives a call that does not say otherwise, and to which it cuts without a word. */
export const USUAL_CONTEXT = 200;

/** A real Ollama on a free port, with one small model: as `scripts/test-ollama.ts` has prepared it. */
export async function startOllama(): Promise<OllamaServer> {
  const binary = setting("TEST_OLLAMA");
  const home = setting("TEST_OLLAMA_HOME");
  const models = join(home, "models");
  await mkdir(models, { recursive: true });
  // A home of its own: it keeps a key there.
  const env = {
    ...process.env,
    HOME: home,
    OLLAMA_MODELS: models,
    OLLAMA_NUM_PARALLEL: "1",
    OLLAMA_CONTEXT_LENGTH: String(USUAL_CONTEXT),
  };
  const server = spawn(binary, ["serve"], {
    env: { ...env, OLLAMA_HOST: "127.0.0.1:0" },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // The head of a process group: its runners end with it.
  });
  const kill = (): Promise<void> => killGroup(server);
  const address = await listening(server);

  const modelfile = join(home, "Modelfile");
  await writeFile(modelfile, `FROM ${setting("TEST_OLLAMA_GGUF")}\n`);
  await promisify(execFile)(binary, ["create", MODEL, "-f", modelfile], { env: { ...env, OLLAMA_HOST: address } });
  return { url: `http://${address}`, kill, [Symbol.asyncDispose]: kill };
}

/** Its log names the address. What else it logs is read too, or it would wait. */
function listening(server: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let log = "";
  if (server.stderr === null) throw new Error("The server's log is not read.");
  createInterface({ input: server.stderr }).on("line", (line) => {
    if (log.length < 10_000) log += `${line}\n`;
    const address = /Listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) resolve(address);
  });
  server.once("error", reject);
  server.once("exit", () => reject(new Error(`Ollama did not start:\n${log}`)));
  return promise;
}

async function killGroup(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, "exit");
  process.kill(-server.pid, "SIGKILL");
  await exit;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: these tests are run by 'npm run test:ollama'.`);
  return value;
}
