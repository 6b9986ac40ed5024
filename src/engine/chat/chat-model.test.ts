import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { EngineError } from "../errors.ts";
import type { Snapshot, TemplateMessage } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { collect, cpu, greedy, never, tinyModel } from "./fixtures/tiny.ts";

const options = { threads: 1, contextTokens: 512, gpu: "off", runtime: cpu } as const;
const llama3 = tinyModel("llama-3");
const mistral = tinyModel("mistral-v0.2");
const model = await loadChatModel(mistral.snapshot, options, never);
after(() => model.dispose());

const [first] = mistral.oracle.chat;
assert.ok(first);
const hello = first.messages;

/** The text of 16 greedy tokens, after the change to the request. */
async function answer(
  messages: readonly TemplateMessage[],
  change: Parameters<typeof greedy>[1] = {},
): Promise<string> {
  const { text } = await collect(model.generate(greedy(messages, { maxTokens: 16, ...change }), never));
  return text;
}

function fails(code: EngineError["code"], message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

/** A snapshot with the model's file and others beside it. */
async function withFiles(t: TestContext, files: Readonly<Record<string, string>>): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), "chat-model-"));
  t.after(() => rm(directory, { recursive: true }));
  await copyFile(join(mistral.snapshot.directory, "model.gguf"), join(directory, "model.gguf"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return { ...mistral.snapshot, directory, files: ["model.gguf", ...Object.keys(files)] };
}

test("llama-3: greedy answers are those of the reference", async (t) => {
  const model = await loadChatModel(llama3.snapshot, options, never);
  t.after(() => model.dispose());
  for (const { messages, greedy_text: text } of llama3.oracle.chat) {
    const answer = await collect(model.generate(greedy(messages, { maxTokens: 16 }), never));
    assert.equal(answer.text, text);
  }
});

test("mistral-v0.2: greedy answers are those of the reference", async () => {
  for (const { messages, greedy_text: text } of mistral.oracle.chat) assert.equal(await answer(messages), text);
});

test("the last event counts every token, and says that the answer was cut at maxTokens", async (t) => {
  const model = await loadChatModel(mistral.snapshot, options, never);
  t.after(() => model.dispose());
  const { end } = await collect(model.generate(greedy(hello, { maxTokens: 5 }), never));
  const promptTokens = first.prompt_ids.length;
  assert.deepEqual(end, { type: "end", reason: "length", promptTokens, completionTokens: 5, cachedTokens: 0 });
});

test("what an earlier call has left in the cache is not computed again", async () => {
  await answer(hello);
  const again = await collect(model.generate(greedy(hello, { maxTokens: 16 }), never));
  assert.equal(again.text, first.greedy_text);
  assert.equal(again.end.cachedTokens, first.prompt_ids.length - 1);
});

test("a stop string across tokens ends the answer, and is not part of it", async () => {
  const { text, end } = await collect(model.generate(greedy(hello, { maxTokens: 16, stop: ["s said안l"] }), never));
  assert.equal(text, "안l");
  assert.equal(end.reason, "stop");
  assert.equal(end.completionTokens, 5);
});

test("the answer ends with a token that generation_config.json names, which counts but has no text", async (t) => {
  const config = JSON.stringify({ eos_token_id: [2, first.greedy_ids[2]] });
  const model = await loadChatModel(await withFiles(t, { "generation_config.json": config }), options, never);
  t.after(() => model.dispose());
  const { text, end } = await collect(model.generate(greedy(hello, { maxTokens: 16 }), never));
  assert.equal(text, "안ls");
  assert.deepEqual(end, { ...end, reason: "stop", completionTokens: 3 });
});

test("the same seed gives the same text, another seed another, no seed any", async () => {
  const sampled = (seed?: number): Promise<string> =>
    answer(hello, { temperature: 1.5, ...(seed === undefined ? {} : { seed }) });
  assert.equal(await sampled(7), await sampled(7));
  assert.notEqual(await sampled(7), await sampled(8));
  assert.notEqual(await sampled(), await sampled());
  assert.equal(await sampled(-1), await sampled(-1));
});

test("top_p 0 leaves only the likeliest token", async () => {
  assert.equal(await answer(hello, { temperature: 1.5, topP: 0, seed: 1 }), first.greedy_text);
});

test("penalties count the tokens of the answer, not of the prompt", async () => {
  for (const penalty of [{ presencePenalty: 100 }, { frequencyPenalty: 100 }]) {
    const text = await answer(hello, penalty);
    assert.ok(text.startsWith("안ls said"), text);
    assert.equal(text.lastIndexOf("안"), 0, text);
  }
});

test("a prompt as long as the context is refused in OpenAI's words", async (t) => {
  const contextTokens = first.prompt_ids.length;
  const model = await loadChatModel(mistral.snapshot, { ...options, contextTokens }, never);
  t.after(() => model.dispose());
  assert.equal(model.contextTokens, contextTokens);
  await assert.rejects(
    collect(model.generate(greedy(hello), never)),
    fails(
      "context_length_exceeded",
      new RegExp(
        `^This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${contextTokens} tokens. Please`,
      ),
    ),
  );
});

test("a prompt that is far too long is refused without being read to its end", async () => {
  const messages = [{ role: "user", content: "word ".repeat(2_000_000) }];
  await assert.rejects(
    collect(model.generate(greedy(messages), never)),
    fails("context_length_exceeded", /is 512 tokens. However, your messages resulted in more than \d{3,5} tokens/),
  );
});

test("an answer without a limit ends where the context is full", async (t) => {
  const contextTokens = first.prompt_ids.length + 20;
  const model = await loadChatModel(mistral.snapshot, { ...options, contextTokens }, never);
  t.after(() => model.dispose());
  const { end } = await collect(model.generate(greedy(hello), never));
  assert.equal(end.reason, "length");
  assert.equal(end.completionTokens, 20);
});

test("calls side by side, more than there are sequences, get the same answers as alone", async () => {
  const calls = Array.from({ length: 8 }, (_, index) => mistral.oracle.chat[index % 3]!);
  const texts = await Promise.all(calls.map(({ messages }) => answer(messages)));
  assert.deepEqual(
    texts,
    calls.map(({ greedy_text: text }) => text),
  );
});

test("the signal ends an answer between two tokens, and leaving it does, too; the model is free for others", async () => {
  for (let round = 0; round < 8; round++) {
    const gone = new AbortController();
    const events = model.generate(greedy(hello), gone.signal);
    await assert.rejects(
      async () => {
        for await (const _ of events) gone.abort();
      },
      { name: "AbortError" },
    );
    for await (const _ of model.generate(greedy(hello), never)) break;
  }
  assert.equal(await answer(hello), first.greedy_text);
});

test("the signal ends a prompt while it is computed", async () => {
  const gone = new AbortController();
  const long = [{ role: "user", content: "word ".repeat(80) }];
  const answer = collect(model.generate(greedy(long), gone.signal));
  setImmediate(() => gone.abort());
  await assert.rejects(answer, { name: "AbortError" });
});

test("a model is disposed after the calls that are running", async () => {
  const model = await loadChatModel(mistral.snapshot, options, never);
  const order: string[] = [];
  const events = model.generate(greedy(hello, { maxTokens: 16 }), never)[Symbol.asyncIterator]();
  await events.next();
  const disposal = model.dispose().then(() => order.push("disposed"));
  await collect({ [Symbol.asyncIterator]: () => events }).then(() => order.push("answer"));
  await disposal;
  assert.deepEqual(order, ["answer", "disposed"]);
});

test("a repository without a GGUF file is not supported, and one with a file that is none is corrupt", async (t) => {
  const empty: Snapshot = { ...mistral.snapshot, files: ["README.md"] };
  await assert.rejects(
    loadChatModel(empty, options, never),
    fails("unsupported", /tiny\/mistral-v0.2 has no \.gguf file/),
  );
  const broken = await withFiles(t, { "a.gguf": "GGUF? no." });
  await assert.rejects(loadChatModel(broken, options, never), fails("corrupt", /a\.gguf is no GGUF file/));
});

test("a load that is given up ends with the signal's reason", async () => {
  await assert.rejects(loadChatModel(mistral.snapshot, options, AbortSignal.abort()), { name: "AbortError" });
});

/** The same model, said to have been trained on a context of 2048 tokens. */
async function withLongContext(t: TestContext): Promise<Snapshot> {
  const snapshot = await withFiles(t, {});
  const path = join(snapshot.directory, "model.gguf");
  const file = await readFile(path);
  const key = "llama.context_length";
  const TYPE_BYTES = 4;
  file.writeUInt32LE(2048, file.indexOf(key) + key.length + TYPE_BYTES);
  await writeFile(path, file);
  return snapshot;
}

test("an answer that outgrows its slot is the same as one that had room from the start", async (t) => {
  const model = await loadChatModel(await withLongContext(t), { ...options, contextTokens: 2048 }, never);
  t.after(() => model.dispose());
  const long = [{ role: "user", content: "word ".repeat(80) }];
  const logitBias = new Map([[2, -100]]); // the token that ends an answer
  const request = greedy(long, { maxTokens: 200, temperature: 1, seed: 3, logitBias });
  const grown = await collect(model.generate(request, never));
  assert.ok(grown.end.promptTokens < 512, String(grown.end.promptTokens));
  assert.equal(grown.end.completionTokens, 200);
  const again = await collect(model.generate(request, never)); // in the larger slot
  assert.equal(again.text, grown.text);
  assert.equal(again.end.cachedTokens, grown.end.promptTokens - 1);
});

test("a conversation that outgrows its slot computes only what is new", async (t) => {
  const model = await loadChatModel(await withLongContext(t), { ...options, contextTokens: 2048 }, never);
  t.after(() => model.dispose());
  const turn = { role: "user", content: "word ".repeat(80) };
  const before = await collect(model.generate(greedy([turn], { maxTokens: 8 }), never));
  const longer = { role: "user", content: "more ".repeat(120) };
  const turns = [turn, { role: "assistant", content: before.text }, longer];
  const after = await collect(model.generate(greedy(turns, { maxTokens: 8 }), never));
  assert.ok(before.end.promptTokens < 512 && after.end.promptTokens > 512, String(after.end.promptTokens));
  assert.ok(after.end.cachedTokens >= before.end.promptTokens - 8, String(after.end.cachedTokens));
});
