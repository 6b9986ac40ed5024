import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { convertedFile } from "../convert/converted.ts";
import { familyModel, folderSnapshot } from "../convert/fixtures/models.ts";
import { readGgufMetadata } from "../formats/gguf-metadata.ts";
import type { ChatModel } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { collect, cpu, greedy, never, tinyModel } from "./fixtures/tiny.ts";
import { readLongRope } from "./long-rope.ts";

/** What transformers generates, greedily, after so many tokens of the text; a token is a character. */
interface Oracle {
  readonly text: string;
  readonly answers: readonly { readonly promptTokens: number; readonly text: string }[];
}

const oracle = JSON.parse(await readFile(new URL("fixtures/long-rope.json", import.meta.url), "utf8")) as Oracle;

const directory = await mkdtemp(join(tmpdir(), "long-rope-"));
after(() => rm(directory, { recursive: true }));

/** A model whose short factors reach up to 512 of its 1024 tokens. */
async function phi3(): Promise<{ readonly model: ChatModel; readonly weights: string }> {
  const { id } = familyModel("phi3-longrope", directory);
  await writeFile(join(directory, "chat_template.jinja"), "{{ messages[0].content }}");
  const snapshot = folderSnapshot(directory, id);
  const conversion = {
    cacheDirectory: join(directory, "cache"),
    quantization: "native",
    threads: 1,
    memory: { bytes: 1e9, setting: "" },
  };
  const weights = await convertedFile(snapshot, { ...conversion, onNotice: () => undefined }, never);
  const load = { threads: 1, contextTokens: 1024, gpu: "off", runtime: cpu, weights } as const;
  const model = await loadChatModel(snapshot, load, never);
  after(() => model.dispose());
  return { model, weights };
}

const { model, weights } = await phi3();

function answer(text: string, maxTokens: number): ReturnType<typeof collect> {
  return collect(model.generate(greedy([{ role: "user", content: text }], { maxTokens }), never));
}

function beginning(promptTokens: number): string {
  return oracle.text.slice(0, promptTokens);
}

test("answers below the border, above it and across it are those of transformers, in any order", async () => {
  const [below, across, above] = oracle.answers;
  for (const expected of [below, across, above, across, below, above]) {
    assert.ok(expected);
    const { text, end } = await answer(beginning(expected.promptTokens), expected.text.length);
    assert.equal(text, expected.text);
    assert.equal(end.promptTokens, expected.promptTokens);
  }
});

test("what was computed on one side of the border is used again there, and not on the other side", async () => {
  const another = `${beginning(640).slice(320)}${beginning(320)}`;
  const cachedTokens: number[] = [];
  for (const promptTokens of [400, 512, 513, 640, 513, 512]) {
    const { end } = await answer(another.slice(0, promptTokens), 1);
    cachedTokens.push(end.cachedTokens);
  }
  assert.deepEqual(cachedTokens, [0, 400, 0, 513, 512, 511]);
});

test("calls side by side answer as they do alone", async () => {
  const answers = oracle.answers.map(({ promptTokens, text }) => answer(beginning(promptTokens), text.length));
  assert.deepEqual(
    (await Promise.all(answers)).map(({ text }) => text),
    oracle.answers.map(({ text }) => text),
  );
});

test("contexts that llama.cpp makes longer than is asked for stay on their side of the border", async () => {
  const rope = readLongRope(await readGgufMetadata(weights));
  assert.deepEqual(rope, {
    shortRoom: 513,
    longContext: 1024,
    overrides: { phi3: { rope: { scaling: { original_context_length: 768 } } } },
  });
  const other = join(tinyModel("llama-3").snapshot.directory, "model.gguf");
  assert.equal(readLongRope(await readGgufMetadata(other)), undefined);
});
