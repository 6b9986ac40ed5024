import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { cli, type Outcome } from "../../test/terminal.ts";
import type { Finding } from "./checks.ts";

function doctor(
  t: TestContext,
  args: readonly string[],
  environment: Record<string, string>,
  yaml?: string,
): Promise<Outcome> {
  const variables = { LANG: "C", HF_HUB_OFFLINE: "", ...environment };
  return cli(t, ["doctor", "--port", "0", ...args], { environment: variables, ...(yaml !== undefined && { yaml }) });
}

function findings({ out }: Outcome): ReadonlyMap<string, Finding> {
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  return new Map(findings.map((finding) => [finding.check, finding]));
}

/** A hub that answers, on this machine. */
async function hub(t: TestContext): Promise<string> {
  const server = createServer((_, response) => response.end()).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return `http://127.0.0.1:${address.port}`;
}

test("all that is well is told as well, keys without their values", async (t) => {
  const endpoint = await hub(t);
  const environment = { HF_ENDPOINT: endpoint, OPENAI_API_KEY: "sk-hush", OMNIPORT_THREADS: "1" };
  const outcome = await doctor(t, ["--json"], environment);
  assert.equal(outcome.exitCode, 0);
  assert.doesNotMatch(outcome.out, /hush/);
  const found = findings(outcome);
  for (const check of ["node", "settings", "keys", "port", "threads", "hub"]) {
    assert.equal(found.get(check)?.level, "ok", check);
  }
  assert.equal(found.get("hub")?.message, `${endpoint} can be reached`);
});

test("a hub that cannot be reached is a warning with its fix", async (t) => {
  const { exitCode, out } = await doctor(t, [], { HF_ENDPOINT: "http://127.0.0.1:1" });
  assert.equal(exitCode, 0);
  assert.match(out, /^! warning: http:\/\/127\.0\.0\.1:1 cannot be reached \(\w+\)\n {4}fix: check the network/m);
});

test("another server for local models is looked for in place of the hub", async (t) => {
  const address = `${await hub(t)}/v1`;
  const reached = findings(await doctor(t, ["--json"], { HUGGINGFACE_BASE_URL: address }));
  assert.deepEqual(reached.get("elsewhere"), {
    check: "elsewhere",
    level: "ok",
    message: `${address} can be reached`,
  });
  assert.equal(reached.get("hub"), undefined);
  const { out } = await doctor(t, [], { HUGGINGFACE_BASE_URL: "http://127.0.0.1:1/v1" });
  assert.match(out, /^! warning: http:\/\/127\.0\.0\.1:1\/v1 cannot be reached .*\n {4}fix: start the server/m);
});

test("wrong settings are problems, each with its place, and end with 1", async (t) => {
  const outcome = await doctor(t, ["--json"], { LOG_LEVEL: "loud" }, "server: { prot: 1 }\n");
  assert.equal(outcome.exitCode, 1);
  const { findings } = JSON.parse(outcome.out) as { findings: readonly Finding[] };
  assert.deepEqual(
    findings.filter(({ level }) => level === "problem").map(({ message }) => message),
    [
      "omniport.yaml:1:11: Unknown key 'prot' in server; did you mean 'port'?",
      'LOG_LEVEL: "loud" is unknown; write one of silent, fatal, error, warn, info, debug, trace.',
    ],
  );
});

test("a server open to others and a folder that is not there are told", async (t) => {
  // Leads to 127.0.0.1, but is not known for it.
  const environment = { HOST: "127.1", HF_HUB_OFFLINE: "1" };
  const outcome = await doctor(t, ["--json"], environment, "local: { directories: [./nowhere] }\n");
  assert.equal(outcome.exitCode, 1);
  const found = findings(outcome);
  assert.equal(found.get("exposure")?.level, "warning");
  assert.equal(found.get("directories")?.level, "problem");
  assert.equal(found.get("hub")?.level, "ok");
});

test("it speaks Traditional Chinese where the locale does", async (t) => {
  const { out } = await doctor(t, [], { LC_ALL: "zh_TW.UTF-8", HF_HUB_OFFLINE: "1" });
  assert.match(out, /沒有任何供應商的金鑰/);
  assert.match(out, /\d+ 個問題，\d+ 個警告。$/);
});
