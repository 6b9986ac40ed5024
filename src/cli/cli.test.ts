import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cli, emptyFolder } from "../../test/terminal.ts";

test("--help speaks English and Traditional Chinese, as the locale asks", async (t) => {
  const english = await cli(t, ["--help"]);
  assert.equal(english.exitCode, 0);
  assert.match(english.out, /^Omniport \d+\.\d+\.\d+: one OpenAI-compatible server/);
  assert.match(english.out, /pull <model> +Download a local model/);

  const chinese = await cli(t, ["serve", "--help"], { environment: { LANG: "zh_TW.UTF-8" } });
  assert.match(chinese.out, /相容 OpenAI 的伺服器/);
  assert.match(chinese.out, /金鑰與其他設定讀自環境變數/);
});

test("--version is the package's", async (t) => {
  assert.match((await cli(t, ["--version"])).out, /^\d+\.\d+\.\d+$/);
});

test("an unknown command ends with 2, the nearest one, and how to go on", async (t) => {
  const { exitCode, out, notes } = await cli(t, ["modles"]);
  assert.equal(exitCode, 2);
  assert.equal(out, "");
  assert.match(notes, /^Unknown command 'modles'\. Did you mean 'models'\?\n\nUsage: omniport/);
});

for (const [args, message] of [
  [["--prot", "80"], "Unknown option '--prot'. Did you mean '--port'?"],
  [["pull", "x", "--port=80"], "Unknown option '--port'."],
  [["serve", "--port"], "The option '--port' needs a value."],
  [["serve", "--port", "--host"], "The option '--port' needs a value."],
  [["models", "--json=yes"], "The option '--json' takes no value."],
  [["models", "extra"], "'extra' is one argument too many."],
  [["pull"], "Name the model: omniport pull local/chat"],
  [["run"], "Name the model: omniport run local/chat"],
  [
    ["run", "local/chat"],
    "There is nothing to answer: write the prompt behind the model's name, or send it through a pipe.",
  ],
  [["show"], "Name the model: omniport show local/chat"],
  [["rm", "local/chat"], "Nobody is there to be asked: add --yes to remove the model."],
  [["list", "extra"], "'extra' is one argument too many."],
] as const) {
  test(`\`omniport ${args.join(" ")}\` is a wrong command line`, async (t) => {
    const { exitCode, notes } = await cli(t, args);
    assert.equal(exitCode, 2);
    assert.equal(notes.split("\n")[0], message);
  });
}

test("wrong settings are listed without a stack", async (t) => {
  const { exitCode, notes } = await cli(t, ["serve", "--port", "80a"], { yaml: "provders: {}\n" });
  assert.equal(exitCode, 1);
  assert.deepEqual(notes.split("\n"), [
    "Omniport does not start: the settings are wrong.",
    "  omniport.yaml:1:1: Unknown key 'provders'; did you mean 'providers'?",
    '  PORT: "80a" is no port; write a whole number from 0 to 65535.',
  ]);
});

test("a port in use is told with the remedy", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const address = other.address();
  assert.ok(address !== null && typeof address === "object");

  const { exitCode, notes } = await cli(t, ["--port", String(address.port)], {
    environment: { LOG_LEVEL: "silent" },
  });
  assert.equal(exitCode, 1);
  assert.match(notes, new RegExp(`^Port ${address.port} is in use: .* omniport --port ${address.port + 1}$`));
});

test("pull says in one line why a model cannot be had", async (t) => {
  const { exitCode, out, notes } = await cli(t, ["pull", "huggingface/nobody/nothing"]);
  assert.equal(exitCode, 1);
  assert.equal(out, "");
  assert.match(notes, /nobody\/nothing/);
  assert.equal(notes.split("\n").length, 1);
});

test("models lists local models, aliases and providers, and says what is missing", async (t) => {
  const { exitCode, out } = await cli(t, ["models"], {
    environment: { OPENAI_API_KEY: "sk-x" },
    yaml: "aliases: { smart: openai/gpt-4o }\n",
  });
  assert.equal(exitCode, 0);
  assert.match(out, /^MODEL +STATE +SIZE$/m);
  assert.match(out, /^local\/chat +not downloaded yet \(Qwen\/Qwen3-0\.6B-GGUF:Q8_0\)$/m);
  assert.match(out, /^smart +→ openai\/gpt-4o$/m);
  assert.match(out, /^openai\/… +ready$/m);
  assert.match(out, /^deepseek\/… +no key: set DEEPSEEK_API_KEY$/m);
});

test("models --json, run as a program, prints JSON alone", async (t) => {
  const directory = await emptyFolder(t);
  await writeFile(join(directory, ".env"), "OPENAI_API_KEY=sk-x\n");
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, "models", "--json"], {
    cwd: directory,
    env: { HOME: directory, USERPROFILE: directory, PATH: "" },
  });
  assert.equal(stderr, "");
  assert.doesNotMatch(stdout, /sk-x/);
  const { local, aliases, providers } = JSON.parse(stdout) as {
    local: readonly object[];
    aliases: readonly object[];
    providers: readonly { name: string; configured: boolean }[];
  };
  assert.deepEqual(local[2], {
    name: "local/embed",
    reference: "sentence-transformers/all-MiniLM-L6-v2",
    purpose: "embedding",
    downloaded: false,
    bytes: 0,
  });
  assert.deepEqual(aliases, []);
  assert.deepEqual(
    providers.filter(({ configured }) => configured).map(({ name }) => name),
    ["openai"],
  );
});

test("a program that fails leaves its exit code", async (t) => {
  const directory = await emptyFolder(t);
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const environment = { HOME: directory, PATH: "", LANG: "zh_TW.UTF-8" };
  const failed: unknown = await promisify(execFile)(process.execPath, [main, "bogus"], {
    cwd: directory,
    env: environment,
  }).catch((error: unknown) => error);
  assert.ok(failed instanceof Error && "code" in failed && "stderr" in failed);
  assert.equal(failed.code, 2);
  assert.match(String(failed.stderr), /^沒有「bogus」這個指令。/);
});
