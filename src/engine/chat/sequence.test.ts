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
const group = await createContexts({ model, id: snapshot.id, threads: 1 }).create(512, 2);
const [one, other] = group.sequences;
assert.ok(one && other);
after(async () => {
  await group.dispose();
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
