import assert from "node:assert/strict";
import { after, test } from "node:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Token } from "node-llama-cpp";
import { createChooser } from "./chooser.ts";
import { createContexts } from "./contexts.ts";
import { cpu, tinyModel } from "./fixtures/tiny.ts";
import type { Sequence } from "./sequence.ts";

const { snapshot, oracle } = tinyModel("llama-3");
const model = await (await cpu()).loadModel({ modelPath: join(snapshot.directory, "model.gguf") });
const contexts = createContexts({ model, id: snapshot.id, threads: 1, stepTokens: 512 });
const group = await contexts.create(512, 2, false);
const longGroup = await contexts.create(512, 2, true);
const [one, other] = group.sequences;
const [long, otherLong] = longGroup.sequences;
assert.ok(one && other && long && otherLong);
after(async () => {
  await group.dispose();
  await longGroup.dispose();
  await model.dispose();
});

const [chat] = oracle.chat;
assert.ok(chat);
const prompt = chat.prompt_ids as readonly Token[];
const answer = chat.greedy_ids as readonly Token[];

/** The likeliest token after these. */
async function likeliest(sequence: Sequence, tokens: readonly Token[]): Promise<Token> {
  const chooser = createChooser(model, () => ({ temperature: 0 }));
  try {
    return (await sequence.next(tokens, chooser.choose)).token;
  } finally {
    chooser.dispose();
  }
}

test("a text that is read in pieces, beside another, is continued as one that is read at once", async () => {
  await one.read(prompt.slice(0, 5));
  const [first, second] = await Promise.all([likeliest(one, prompt.slice(5)), likeliest(other, prompt)]);
  assert.deepEqual([first, second], [answer[0], answer[0]]);
  assert.equal(await likeliest(one, answer.slice(0, 1)), answer[1]);
});

test("what is kept is not read again, and the rest is as if it had never been", async () => {
  assert.equal(one.held(), prompt.length + 1);
  const changed = [...prompt.slice(0, 5), ...prompt];
  assert.equal(one.fit(changed), 5);
  await one.keep(5);
  assert.equal(one.held(), 5);
  assert.equal(await likeliest(one, prompt.slice(5)), answer[0]);
  await one.keep(0);
  assert.equal(one.held(), 0);
});

test("another sequence goes on with what one has saved", async () => {
  const folder = await mkdtemp(join(tmpdir(), "omniport-"));
  try {
    await one.keep(0);
    await one.read(prompt.slice(0, -1));
    await one.save(join(folder, "sequence"));
    await other.load(join(folder, "sequence"));
    assert.equal(other.fit(prompt), prompt.length - 1);
    assert.equal(await likeliest(other, prompt.slice(-1)), answer[0]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a call that is long from its beginning is computed to the same, and goes on only among its like", async () => {
  await long.read(prompt.slice(0, 5));
  await long.read(prompt.slice(5, -1));
  const saved = await contexts.save(long);
  await contexts.restore(otherLong, saved);
  assert.equal(otherLong.held(), prompt.length - 1);
  assert.equal(await likeliest(otherLong, prompt.slice(-1)), answer[0]);
  assert.equal(await likeliest(otherLong, answer.slice(0, 1)), answer[1]);

  await contexts.restore(other, saved);
  assert.equal(other.held(), 0);
  await other.keep(0);
  assert.equal(await likeliest(other, prompt), answer[0]);
  await contexts.forget(saved);
});

test("after a failure nothing is held, and the text is read anew", async () => {
  await assert.rejects(
    one.next(prompt.slice(-1), () => Promise.reject(new Error("no choice"))),
    /no choice/,
  );
  assert.equal(one.held(), 0);
  await one.keep(0);
  assert.equal(await likeliest(one, prompt), answer[0]);
  await assert.rejects(other.load(join(tmpdir(), "omniport-nowhere", "sequence")));
  await other.keep(0);
  assert.equal(await likeliest(other, prompt), answer[0]);
});
