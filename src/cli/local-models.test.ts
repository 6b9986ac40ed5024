import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { mkdtemp, rm } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { tmpdir } from "node:os";
import { type FakeHub, startFakeHub } from "../../test/fakes/hub.ts";
import { sendJson, startFakeProvider } from "../../test/fakes/openai.ts";
import { cli, type CommandOptions, emptyFolder, type Outcome } from "../../test/terminal.ts";
import { tinyModel } from "../engine/chat/fixtures/tiny.ts";
import { tinyEncoder } from "../engine/embed/fixtures/tiny.ts";

const TIME_LIMIT = { timeout: 120_000 };

let folder: string;
let hub: FakeHub;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-hub-"));
  await cp(tinyModel("llama-3").snapshot.directory, join(folder, "tiny/llama"), { recursive: true });
  await cp(tinyEncoder("all-MiniLM").snapshot.directory, join(folder, "sentence-transformers/tiny"), {
    recursive: true,
  });
  hub = await startFakeHub(folder);
});

after(async () => {
  await hub.close();
  await rm(folder, { recursive: true });
});

/** Commands that share a home, in which models are kept. */
async function machine(
  t: TestContext,
): Promise<(args: readonly string[], options?: CommandOptions) => Promise<Outcome>> {
  const directory = await emptyFolder(t);
  return (args, options) => {
    const environment = {
      HF_HUB_OFFLINE: "",
      HF_ENDPOINT: hub.url,
      OMNIPORT_THREADS: "1",
      PORT: "9",
      ...options?.environment,
    };
    return cli(t, args, { directory, ...options, environment });
  };
}

test("a model is pulled, listed, shown and removed", TIME_LIMIT, async (t) => {
  const omniport = await machine(t);
  assert.match((await omniport(["list"])).notes, /^No model has been downloaded yet/);
  assert.equal((await omniport(["pull", "hf/tiny/llama"])).exitCode, 0);
  assert.equal((await omniport(["pull", "sentence-transformers/tiny"])).exitCode, 0);

  const { out } = await omniport(["list"]);
  assert.match(
    out,
    /^MODEL +PURPOSE +SIZE\nsentence-transformers\/tiny +embeddings +\d+ kB\ntiny\/llama.* chat +\d+ kB$/,
  );
  const { models } = JSON.parse((await omniport(["list", "--json"])).out) as { models: readonly object[] };
  assert.equal(models.length, 2);

  const shown = (await omniport(["show", "huggingface/tiny/llama"])).out;
  assert.match(shown, /^Architecture +llama$/m);
  assert.match(shown, /^Parameters +\d+ k$/m);
  assert.match(shown, /^Context +512 tokens$/m);
  assert.match(shown, /^Chat template +yes$/m);
  assert.match(shown, /^Revision +[0-9a-f]{40}$/m);
  const encoder = JSON.parse((await omniport(["show", "sentence-transformers/tiny", "--json"])).out) as object;
  assert.equal("architecture" in encoder && encoder.architecture, "BertModel");
  assert.doesNotMatch((await omniport(["show", "sentence-transformers/tiny"])).out, /template|Tools/);

  assert.match(
    (await omniport(["rm", "tiny/llama", "--yes"])).out,
    /^tiny\/llama is removed: \d+ kB are free again\.$/,
  );
  assert.doesNotMatch((await omniport(["list"])).out, /llama/);
  const again = await omniport(["rm", "tiny/llama", "--yes"]);
  assert.equal(again.exitCode, 1);
  assert.match(again.notes, /^'tiny\/llama' is not on this machine's disk/);
  assert.equal((await omniport(["show", "tiny/llama"])).exitCode, 1);
});

test("a running server tells which models are in memory", TIME_LIMIT, async (t) => {
  const omniport = await machine(t);
  await omniport(["pull", "sentence-transformers/tiny"]);
  const entry = { id: "huggingface/sentence-transformers/tiny", object: "model", created: 1, owned_by: "local" };
  await using server = await startFakeProvider((_, response) =>
    sendJson(response, { object: "list", data: [{ ...entry, omniport: { state: "loaded", bytes: 1 } }] }),
  );
  const { out } = await omniport(["list"], { environment: { OMNIPORT_URL: server.url } });
  assert.match(out, /^MODEL +PURPOSE +SIZE +LOADED\nsentence-transformers\/tiny .* yes$/);
});

test("a model is removed only after a yes", TIME_LIMIT, async (t) => {
  const omniport = await machine(t);
  await omniport(["pull", "tiny/llama"]);
  const answer = (text: string) => Object.assign(new PassThrough(), { isTTY: true }).end(text);

  const kept = await omniport(["rm", "tiny/llama"], { input: answer("\n") });
  assert.equal(kept.exitCode, 1);
  assert.match(kept.out, /^Remove tiny\/llama.*\? \[y\/N\]/);
  assert.equal(kept.notes, "Nothing was removed.");
  assert.equal((await omniport(["rm", "tiny/llama"], { input: answer("") })).exitCode, 1);
  assert.equal((await omniport(["rm", "tiny/llama"], { input: answer("Yes\n") })).exitCode, 0);
  assert.equal((await omniport(["list"])).out, "");
});

test("a chat model is measured", TIME_LIMIT, async (t) => {
  const omniport = await machine(t);
  const { exitCode, out, notes } = await omniport(["bench", "hf/tiny/llama", "--json"]);
  assert.equal(exitCode, 0, notes);
  const report = JSON.parse(out) as {
    model: string;
    loadMs: number;
    chat: Record<string, number>;
    peakMemoryBytes: number;
  };
  assert.equal(report.model, "tiny/llama");
  for (const figure of ["firstTokenMs", "promptTokensPerS", "promptTokens"]) {
    assert.ok((report.chat[figure] ?? 0) > 0, `${figure}: ${report.chat[figure]}`);
  }
  assert.ok(report.loadMs > 0 && report.peakMemoryBytes > 1e7);
});

test("an embedding model is measured, in a table", TIME_LIMIT, async (t) => {
  const omniport = await machine(t);
  const { exitCode, out, notes } = await omniport(["bench", "sentence-transformers/tiny"]);
  assert.equal(exitCode, 0, notes);
  assert.match(out, /^Texts of 8 words +\d+(\.\d)? texts\/s\nTexts of 200 words +\d+(\.\d)? texts\/s$/m);
  assert.match(out, /^Peak memory +\d+ MB$/m);
});
