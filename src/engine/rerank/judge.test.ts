import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { cpu } from "../chat/fixtures/tiny.ts";
import { folderSnapshot } from "../embed/fixtures/tiny.ts";
import type { RerankModel, Snapshot } from "../model.ts";
import { loadReranker, rerankerFile } from "./reranker.ts";

interface Judged {
  readonly query: string;
  readonly document: string;
  readonly score: number;
  readonly logit: number;
  /** The score in the words of the model card. */
  readonly card: number;
}

const NEVER = new AbortController().signal;
const FIXTURE = fileURLToPath(new URL("fixtures/qwen3-judge", import.meta.url));
const judged = JSON.parse(await readFile(join(FIXTURE, "oracle.json"), "utf8")) as readonly Judged[];
const query = judged[0]?.query ?? "";
const documents = judged.map(({ document }) => document);
const folder = await mkdtemp(join(tmpdir(), "omniport-judge-"));
after(() => rm(folder, { recursive: true }));

test("a language model's scores are those of sentence-transformers: how much likelier yes is than no", async (t) => {
  const model = await load(t, folderSnapshot(FIXTURE));
  const { scores, promptTokens } = await model.rerank({ query, documents, truncate: true }, NEVER);
  const raw = await model.rerank({ query, documents, truncate: true, scores: "raw" }, NEVER);
  for (const [index, { score, logit }] of judged.entries()) {
    assertNear(scores[index], score, 0.005);
    assertNear(raw.scores[index], logit, 0.05);
  }
  assert.ok(promptTokens > 300 * documents.length, String(promptTokens));
});

test("a model of Qwen whose template is one for chats is asked in the words of its model card", async (t) => {
  const chat = "{% for message in messages %}{{ message.role }}: {{ message.content }}{% endfor %}";
  const snapshot = await changed({ "chat_template.jinja": chat, "modules.json": "[]" });
  const model = await load(t, snapshot);
  const { scores } = await model.rerank({ query, documents, truncate: true }, NEVER);
  for (const [index, { card }] of judged.entries()) assertNear(scores[index], card, 0.005);
});

test("of a document that is too long the end is left out, and the question stays whole", async (t) => {
  const model = await load(t, folderSnapshot(FIXTURE));
  const rerank = async (document: string, change: object = {}): Promise<number> =>
    (await model.rerank({ query, documents: [document], truncate: true, ...change }, NEVER)).scores[0] ?? Number.NaN;
  assertNear(await rerank("abc".repeat(200)), await rerank("abc".repeat(300)), 0.02);
  assertNear(await rerank("ab cd", { maxDocumentTokens: 2 }), await rerank("ab"), 0.02);
  await assert.rejects(rerank("abc".repeat(200), { truncate: false }), { code: "context_length_exceeded" });
});

test("a language model without a question for it, or without the words of an answer, is refused", async () => {
  const words = JSON.parse(await readFile(join(FIXTURE, "tokenizer.json"), "utf8")) as {
    model: { vocab: Record<string, number> };
  };
  const { yes: _, ...vocab } = words.model.vocab;
  const tokenizer = JSON.stringify({ ...words, model: { ...words.model, vocab } });
  const config = JSON.parse(await readFile(join(FIXTURE, "config.json"), "utf8")) as object;
  const llama = JSON.stringify({ ...config, architectures: ["Qwen2ForCausalLM"] });
  const module = [{ type: "my.Module", path: "1_My" }];
  const refused: readonly [files: Readonly<Record<string, string>>, message: RegExp][] = [
    [{ "tokenizer.json": tokenizer, "modules.json": "[]" }, /no tokens 'yes' and 'no'/],
    [{ "config.json": llama, "chat_template.jinja": "{{ messages }}" }, /no roles 'query' and 'document'.*Qwen3/],
    [{ "modules.json": JSON.stringify(module) }, /module my\.Module.*supported: Transformer, LogitScore/],
  ];
  for (const [files, message] of refused) {
    const snapshot = await changed(files);
    const options = { threads: 1, cacheDirectory: folder, contextTokens: 512, runtime: cpu, weights: "no file" };
    await assert.rejects(loadReranker(snapshot, options, NEVER), { code: "unsupported", message });
  }
});

/** A copy with other contents of some files. */
async function changed(files: Readonly<Record<string, string>>): Promise<Snapshot> {
  const directory = await mkdtemp(join(folder, "copy-"));
  await cp(FIXTURE, directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, file), content);
  return folderSnapshot(directory);
}

async function load(t: TestContext, snapshot: Snapshot): Promise<RerankModel> {
  const cacheDirectory = await mkdtemp(join(folder, "cache-"));
  const memory = { bytes: 1e9, setting: "" };
  const conversion = { cacheDirectory, quantization: undefined, threads: 1, memory, onNotice: () => undefined };
  const weights = await rerankerFile(snapshot, conversion, NEVER);
  const options = { threads: 1, cacheDirectory, contextTokens: 512, runtime: cpu, weights };
  const model = await loadReranker(snapshot, options, NEVER);
  t.after(() => model.dispose());
  return model;
}

function assertNear(actual: number | undefined, expected: number, within: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < within, `${actual} ≠ ${expected}`);
}
