import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

/** Starts the program on a free port, and waits for the line that ends what it prints. */
async function serve(
  t: TestContext,
  environment: Record<string, string>,
  command: "serve" | "engine" = "serve",
): Promise<{ child: ChildProcess; lines: readonly string[]; errors: () => string }> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-serve-"));
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, command, "--port", "0"], {
    cwd: directory,
    env: { HOME: directory, USERPROFILE: directory, LANG: "C", LOG_LEVEL: "warn", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(async () => {
    child.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith("  curl ")) break;
  }
  return { child, lines, errors: () => errors };
}

test("the start prints the address, who can answer, and one command to try; SIGTERM ends it with 0", async (t) => {
  const { child, lines, errors } = await serve(t, { OPENAI_API_KEY: "sk-hush" });
  assert.match(lines[0] ?? "", /^Omniport \d+\.\d+\.\d+ listens on http:\/\/127\.0\.0\.1:\d+$/);
  const text = lines.join("\n");
  assert.match(text, /Providers +OpenAI$/m);
  assert.match(text, /Local models +local\/chat \(downloaded when first called\), /);
  assert.doesNotMatch(text, /hush/);

  const url = (lines[0] ?? "").split(" ").at(-1) ?? "";
  const health = await fetch(`${url}/health`);
  assert.equal(health.status, 200);
  await health.body?.cancel();

  child.kill("SIGTERM");
  const [exitCode] = await once(child, "exit");
  assert.equal(exitCode, 0);
  assert.equal(errors(), "");
});

// Leads to 127.0.0.1, but is not known for it: no test listens where others could reach it.
const OTHER_HOST = "127.1";

test("a server that others can reach without a key warns loudly", async (t) => {
  const { child, errors } = await serve(t, { HOST: OTHER_HOST });
  child.kill("SIGTERM");
  await once(child, "close");
  assert.match(errors(), /^WARNING: everyone who can reach this machine .*HOST is 127\.1, /ms);
});

test("an engine that others can reach without a key warns as loudly", async (t) => {
  const { child, errors } = await serve(t, { HOST: OTHER_HOST }, "engine");
  child.kill("SIGTERM");
  await once(child, "close");
  assert.match(errors(), /^WARNING: everyone who can reach this machine .*HOST is 127\.1, /ms);
});

test("a server with a client key does not warn", async (t) => {
  const { child, lines, errors } = await serve(t, { HOST: OTHER_HOST, OMNIPORT_API_KEY: "secret" });
  child.kill("SIGTERM");
  await once(child, "close");
  assert.equal(errors(), "");
  assert.match(lines.at(-1) ?? "", /curl http:\/\/127\.0\.0\.1:\d+\/.*Authorization: Bearer \$OMNIPORT_API_KEY/);
});
