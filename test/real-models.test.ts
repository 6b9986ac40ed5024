import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import type OpenAI from "openai";
import { TOOLS } from "../src/engine/chat/fixtures/tools.ts";
import { SCHEMAS } from "../src/engine/grammar/fixtures/schemas.ts";
import { cosine } from "../src/engine/embed/fixtures/tiny.ts";
import { openaiClient } from "./fronted.ts";
import { startWithWeights, type TestServer } from "./omniport.ts";
import { checkAnswer, checkCall } from "./schemas/answers.ts";

interface Reference {
  readonly embeddings: readonly { readonly text: string; readonly vector: readonly number[] }[];
}

let server: TestServer;
let client: OpenAI;

before(async () => {
  server = await startWithWeights();
  client = openaiClient(server);
});

after(async () => {
  await server.close();
});

const request: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model: "local/tiny",
  messages: [{ role: "user", content: "What is the capital of France?" }],
  temperature: 0,
  max_tokens: 40,
};

test("local/tiny knows the capital of France, and says the same in a stream", async () => {
  const whole = await client.chat.completions.create(request);
  const content = whole.choices[0]?.message.content ?? "";
  assert.match(content, /Paris/);

  const stream_options = { include_usage: true };
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({ ...request, stream: true, stream_options }),
  );
  assert.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), content);
  const { prompt_tokens, completion_tokens } = chunks.at(-1)?.usage ?? {};
  assert.deepEqual([prompt_tokens, completion_tokens], [whole.usage?.prompt_tokens, whole.usage?.completion_tokens]);
});

test("local/tiny stands in for a local/chat that cannot be had, and says so", async () => {
  const { model, choices } = await client.chat.completions.create({ ...request, model: "local/chat" });
  assert.match(choices[0]?.message.content ?? "", /Paris/);
  assert.ok(["local/tiny", "local/chat"].includes(model), model); // the larger one, where somebody has fetched it
});

test("local/tiny keeps to a schema, and to that of a tool whose call is forced", async () => {
  for (const what of ["a customer with an address", "a point", "a multiple of five"]) {
    await checkAnswer(client, what, SCHEMAS.get(what) ?? {});
  }
  for (const tool of TOOLS.slice(0, 2)) await checkCall(client, tool, [tool]);
});

test("local/embed has the vectors of sentence-transformers", async () => {
  const path = new URL("../src/engine/embed/fixtures/all-MiniLM-L6-v2.json", import.meta.url);
  const { embeddings } = JSON.parse(readFileSync(path, "utf8")) as Reference;
  const input = embeddings.map(({ text }) => text);
  const { data } = await client.embeddings.create({ model: "local/embed", input });
  assert.equal(data.length, embeddings.length);
  for (const [index, { text, vector }] of embeddings.entries()) {
    assert.ok(cosine(data[index]?.embedding ?? [], vector) >= 0.9999, text);
  }
});

test("the models that were fetched are listed", async () => {
  const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
  assert.ok(
    ids.some((id) => id.startsWith("huggingface/") && id.includes("all-MiniLM-L6-v2")),
    ids.join(", "),
  );
});
