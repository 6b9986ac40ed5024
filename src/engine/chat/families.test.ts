import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Token } from "node-llama-cpp";
import { ANSWERING_FAMILIES, familiesOracle, familyReference, lastLogits } from "../convert/fixtures/models.ts";
import type { ChatModel } from "../model.ts";
import { loadChatModel } from "./chat-model.ts";
import { createContexts } from "./contexts.ts";
import { familyFiles, letters } from "./fixtures/family.ts";
import { collect, cpu, greedy, never } from "./fixtures/tiny.ts";

const LENGTH = 10;

interface Family {
  readonly model: ChatModel;
  /** The file that it is in. */
  readonly weights: string;
  /** The same model once more, which has computed nothing yet. */
  fresh(): Promise<ChatModel>;
}

async function family(t: TestContext, name: string, change: object = {}, contextTokens = 1024): Promise<Family> {
  const { snapshot, weights } = await familyFiles(t, name, change);
  const options = { threads: 1, contextTokens, gpu: "off", runtime: cpu, weights } as const;
  const fresh = async (): Promise<ChatModel> => {
    const model = await loadChatModel(snapshot, options, never);
    t.after(() => model.dispose());
    return model;
  };
  return { model: await fresh(), weights, fresh };
}

async function answer(model: ChatModel, text: string, maxTokens = LENGTH): ReturnType<typeof collect> {
  return collect(model.generate(greedy([{ role: "user", content: text }], { maxTokens }), never));
}

for (const name of ANSWERING_FAMILIES) {
  const { logits: expected, answers } = familyReference(name);

  test(`${name}: logits and answers are the reference's, alone, side by side, and after a part was computed before`, async (t) => {
    const { model, weights, fresh } = await family(t, name);
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
    const other = await fresh();
    await answer(other, first.text.slice(0, 120), 1);
    const longer = await answer(other, first.text);
    assert.equal(longer.text, first.answer);
    assert.equal(longer.end.cachedTokens, 120);
    const again = await answer(other, first.text);
    assert.equal(again.text, first.answer);
    // A state is gone back to from before the end of the first prompt.
    assert.ok([88, 149].includes(again.end.cachedTokens), String(again.end.cachedTokens));
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

test("of a state only the mark and the end can be gone on from, and that is what a sequence offers", async (t) => {
  const { weights } = await family(t, "mamba2");
  const inside = await (await cpu()).loadModel({ modelPath: weights });
  t.after(() => inside.dispose());
  const context = await createContexts({ model: inside, id: "mamba2", threads: 1, stepTokens: 512 }).create(
    512,
    1,
    false,
  );
  t.after(() => context.dispose()); // one that nobody holds is collected, and what is asked of it then never comes
  const [sequence] = context.sequences;
  assert.ok(sequence);
  const tokens = familiesOracle().ids as readonly Token[];
  await sequence.read(tokens.slice(0, 4));
  await sequence.mark();
  await sequence.read(tokens.slice(4, 6));
  const fits = [3, 5, 6].map((same) => sequence.fit([...tokens.slice(0, same), 1, 1]));
  assert.deepEqual(fits, [0, 4, 6]);
  assert.equal(sequence.fit(tokens.slice(0, 6)), 4);
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

test("a text that is cut goes on as if it came first, also where the window before the cut was left behind in part", async (t) => {
  const change = { sliding_window: 200, max_position_embeddings: 1536 };
  const { model, fresh } = await family(t, "olmo3", change, 1536);
  const text = letters(1450);
  for (const cut of [800, 1300]) {
    const prompt = `${text.slice(0, cut)}^^`;
    const alone = await answer(await fresh(), prompt);
    await answer(model, text, 1);
    assert.equal((await answer(model, prompt)).text, alone.text, String(cut));
  }
});

test("behind a long answer, a sliding window is gone back to from before the end of the prompt", async (t) => {
  const change = { sliding_window: 64, max_position_embeddings: 2048 };
  const { model, fresh } = await family(t, "olmo3", change, 2048);
  const text = letters(1300);
  await answer(model, text.slice(0, 1200), 750);
  const other = `${text.slice(0, 1190)}^^`;
  const { text: expected } = await answer(await fresh(), other);
  const after = await answer(model, other);
  assert.deepEqual([after.text, after.end.cachedTokens], [expected, 1168]);
});
