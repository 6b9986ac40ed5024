import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { convertedFile } from "../convert/converted.ts";
import {
  ANSWERING_FAMILIES,
  familiesOracle,
  familyModel,
  familyReference,
  folderSnapshot,
  lastLogits,
} from "../convert/fixtures/models.ts";
import type { ChatModel } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { collect, cpu, greedy, never } from "./fixtures/tiny.ts";

const LENGTH = 10;

/** A model whose prompt is the last message, and the file that it is in. */
async function family(t: TestContext, name: string): Promise<{ readonly model: ChatModel; readonly weights: string }> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-family-"));
  t.after(() => rm(directory, { recursive: true }));
  const { id } = familyModel(name, directory);
  await writeFile(join(directory, "chat_template.jinja"), "{{ messages[-1].content }}");
  const snapshot = folderSnapshot(directory, id);
  const conversion = { cacheDirectory: join(directory, "cache"), quantization: "native", threads: 1 };
  const memory = { bytes: 1e9, setting: "" };
  const weights = await convertedFile(snapshot, { ...conversion, memory, onNotice: () => undefined }, never);
  const model = await loadChatModel(
    snapshot,
    { threads: 1, contextTokens: 1024, gpu: "off", runtime: cpu, weights },
    never,
  );
  t.after(() => model.dispose());
  return { model, weights };
}

async function answer(model: ChatModel, text: string, maxTokens = LENGTH): ReturnType<typeof collect> {
  return collect(model.generate(greedy([{ role: "user", content: text }], { maxTokens }), never));
}

for (const name of ANSWERING_FAMILIES) {
  const { logits: expected, answers } = familyReference(name);

  test(`${name}: logits and answers are the reference's, alone, side by side, and after a part was computed before`, async (t) => {
    const { model, weights } = await family(t, name);
    const inside = await (await cpu()).loadModel({ modelPath: weights });
    const logits = await lastLogits(inside, familiesOracle().ids);
    await inside.dispose();
    for (const [id, logit] of expected.entries())
      assert.ok(Math.abs((logits.get(id) ?? 0) - logit) <= 0.1, `token ${id}: ${logits.get(id)}, not ${logit}`);

    for (const { text, answer: expectedText } of answers) assert.equal((await answer(model, text)).text, expectedText);

    const twice = [...answers, ...answers.toReversed()];
    const together = await Promise.all(twice.map(({ text }) => answer(model, text)));
    assert.deepEqual(
      together.map(({ text }) => text),
      twice.map((each) => each.answer),
    );

    const [first] = answers;
    assert.ok(first);
    await answer(model, first.text.slice(0, 120), 1);
    const longer = await answer(model, first.text);
    assert.equal(longer.text, first.answer);
    assert.equal(longer.end.cachedTokens, 120);
    const again = await answer(model, first.text);
    assert.equal(again.text, first.answer);
    // A state is gone back to from before the end of the prompt.
    assert.ok([118, 149].includes(again.end.cachedTokens), String(again.end.cachedTokens));
  });
}

test("a prompt that differs near its end from what was computed goes on from before, as if it came first", async (t) => {
  for (const name of ["qwen35", "mamba2", "lfm2"]) {
    const { model } = await family(t, name);
    const [first, second] = familyReference(name).answers;
    assert.ok(first && second);
    const other = `${first.text.slice(0, 130)}${second.text}`;
    const alone = await answer(model, other);
    assert.equal((await answer(model, first.text)).text, first.answer);
    const after = await answer(model, other);
    assert.equal(after.text, alone.text, name);
    assert.equal(after.end.cachedTokens, 128);
  }
});

test("a conversation that outgrows its place takes its state along, and goes on as in one step", async (t) => {
  const { model } = await family(t, "qwen35");
  const [first] = familyReference("qwen35").answers;
  assert.ok(first);
  const text = first.text.repeat(4);
  const whole = await answer(model, text, 20);
  await answer(model, text.slice(0, 500), 1);
  const grown = await answer(model, text, 20);
  assert.equal(grown.text, whole.text);
  assert.equal(grown.end.cachedTokens, 500);
});
