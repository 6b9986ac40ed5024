import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  type Answer,
  event,
  events,
  type FakeProvider,
  sendEvents,
  sendJson,
  startEvents,
  startFakeProvider,
} from "../../test/fakes/openai.ts";
import { cli, type Outcome } from "../../test/terminal.ts";

const TIME_LIMIT = { timeout: 120_000 };

async function server(t: TestContext, answer?: Answer): Promise<FakeProvider> {
  const provider = await startFakeProvider(answer);
  t.after(() => provider.close());
  return provider;
}

test("a prompt behind the model's name is answered once, by the server that OMNIPORT_URL names", async (t) => {
  const { url, calls } = await server(t);
  const { exitCode, out } = await cli(t, ["run", "gpt-4o", "Say", "it again"], {
    environment: { OMNIPORT_URL: url, OMNIPORT_API_KEY: "secret" },
  });
  assert.equal(exitCode, 0);
  assert.equal(out, "Say it again");
  assert.equal(calls[0]?.path, "/v1/chat/completions");
  assert.equal(calls[0]?.headers.authorization, "Bearer secret");
  assert.equal(calls[0]?.body.model, "gpt-4o");
});

test("a prompt may come through a pipe; thoughts stay out of the answer", async (t) => {
  const base = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
  const thought = event({ ...base, choices: [{ index: 0, delta: { reasoning_content: "Hm" }, finish_reason: null }] });
  const { url } = await server(t, (_, response) => sendEvents(response, [thought, ...events("m", "Yes.")]));
  const { out } = await cli(t, ["run", "m"], { environment: { OMNIPORT_URL: url }, input: "Is it?\n" });
  assert.equal(out, "Yes.");
});

test("what the server refuses is one line, and exit code 1", async (t) => {
  const refusal = { error: { message: "The model 'gtp' does not exist.", type: "invalid_request_error" } };
  const { url } = await server(t, (_, response) => sendJson(response, refusal, 404));
  const { exitCode, out, notes } = await cli(t, ["run", "gtp", "hi"], { environment: { OMNIPORT_URL: url } });
  assert.equal(exitCode, 1);
  assert.equal(out, "");
  assert.equal(notes, "The model 'gtp' does not exist.");
});

test("a server that is not there is named", async (t) => {
  const { url, close } = await startFakeProvider();
  await close();
  const { exitCode, notes } = await cli(t, ["run", "m", "hi"], { environment: { OMNIPORT_URL: url } });
  assert.equal(exitCode, 1);
  assert.match(notes, /^Could not reach 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\.$/);
});

/** Types this at a terminal. */
async function type(t: TestContext, keys: string, answer?: Answer): Promise<Outcome & { readonly asked: unknown[] }> {
  const { url, calls } = await server(t, answer);
  const input = new PassThrough();
  input.write(keys);
  const outcome = await cli(t, ["run", "m"], { environment: { OMNIPORT_URL: url }, input });
  return { ...outcome, asked: calls.map(({ body }) => body.messages) };
}

test("a conversation keeps what was said, until it is cleared", async (t) => {
  const { exitCode, asked, notes, out } = await type(
    t,
    'one\r/system Be brief.\rtwo\r/clear\r/nonsense\r"""three\r  and\r\rmore"""\r/etc/hosts\r/system\rfour\r/exit\rfive\r',
  );
  const user = (content: string) => ({ role: "user", content });
  const assistant = (content: string) => ({ role: "assistant", content });
  const brief = { role: "system", content: "Be brief." };
  const three = "three\n  and\n\nmore";
  const hosts = [user(three), assistant(three), user("/etc/hosts")];
  assert.deepEqual(asked, [
    [user("one")],
    [brief, user("one"), assistant("one"), user("two")],
    [brief, user(three)],
    [brief, ...hosts],
    [...hosts, assistant("/etc/hosts"), user("four")],
  ]);
  assert.equal(exitCode, 0);
  assert.match(notes, /The conversation is forgotten\.\nThere is no command \/nonsense: \/help lists them\./);
  assert.match(out, /\bfour\b/);
});

test("Ctrl+C stops the answer and keeps what came; pressed again, it leaves", async (t) => {
  const input = new PassThrough();
  const said: unknown[] = [];
  const { url } = await server(t, ({ body }, response) => {
    said.push(body.messages);
    if (said.length > 1) return sendEvents(response, events("m", "Bye."));
    return startEvents(response).write(events("m", "Once upon a time").slice(0, 2).join(""));
  });
  input.write("Tell me\r");
  let isStopped = false;
  const { exitCode, notes } = await cli(t, ["run", "m"], {
    environment: { OMNIPORT_URL: url },
    input,
    onOutput(written) {
      if (!isStopped && written.includes("Once ")) {
        isStopped = true;
        input.write("\u0003");
        input.write("and then?\r");
      } else if (written.includes("Bye.")) input.write("\u0003");
    },
  });
  assert.equal(exitCode, 0);
  assert.match(notes, /\(stopped\)/);
  assert.deepEqual(said.at(-1), [
    { role: "user", content: "Tell me" },
    { role: "assistant", content: "Once " },
    { role: "user", content: "and then?" },
  ]);
});

test("a question that fails is told, forgotten, and does not end the conversation", async (t) => {
  let calls = 0;
  const { asked, notes } = await type(t, "one\rtwo\r/exit\r", ({ body }, response) => {
    if (calls++ === 0) return sendJson(response, { error: { message: "Too much at once." } }, 429);
    return sendEvents(response, events(body.model, "Fine."));
  });
  assert.match(notes, /Too much at once\./);
  assert.deepEqual(asked.at(-1), [{ role: "user", content: "two" }]);
});

test("without OMNIPORT_URL the command is its own server, local models included", TIME_LIMIT, async (t) => {
  const directory = fileURLToPath(new URL("../engine/chat/fixtures/llama-3", import.meta.url));
  const { exitCode, out, notes } = await cli(t, ["run", `huggingface/${directory}`, "Hello"], {
    yaml: `local: { directories: [${directory}] }`,
    environment: { OMNIPORT_THREADS: "1" },
  });
  assert.equal(exitCode, 0, notes);
  assert.notEqual(out, "");
});

test(
  "a repository of the hub needs no prefix, which names of other servers are left without",
  TIME_LIMIT,
  async (t) => {
    const { exitCode, notes } = await cli(t, ["run", "owner/repo", "Hello"]);
    assert.equal(exitCode, 1);
    assert.match(notes, /^'owner\/repo' is not in the cache .* HF_HUB_OFFLINE/);

    const { url, calls } = await server(t);
    await cli(t, ["run", "owner/repo", "Hello"], { environment: { OMNIPORT_URL: url } });
    assert.equal(calls[0]?.body.model, "owner/repo");
  },
);

test("a program behind a pipe that has read enough ends it quietly", TIME_LIMIT, async (t) => {
  const { url } = await server(t);
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "run", "m", "Say this"], {
    env: { OMNIPORT_URL: url, HOME: tmpdir() },
    cwd: tmpdir(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [exitCode] = await once(child, "close");
  assert.deepEqual([exitCode, stderr], [0, ""]);
});
