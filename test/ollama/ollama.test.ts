import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { APIError, NotFoundError, type OpenAI } from "openai";
import { openaiClient } from "../fronted.ts";
import { startOmniport, type TestServer } from "../omniport.ts";
import { MODEL, type OllamaServer, startOllama, USUAL_CONTEXT } from "./server.ts";

let ollama: OllamaServer;
let omniport: TestServer;
let client: OpenAI;

before(async () => {
  ollama = await startOllama();
  omniport = await startOmniport({ OLLAMA_BASEURL: ollama.url });
  client = openaiClient(omniport);
});

after(async () => {
  await ollama.kill();
  await omniport.close();
});

const model = `ollama/${MODEL}`;
const QUESTION: OpenAI.ChatCompletionCreateParamsNonStreaming = {
  model,
  messages: [{ role: "user", content: "What is the capital of France?" }],
  temperature: 0,
  seed: 1,
  max_tokens: 30,
};

test("a question is answered", async () => {
  const { choices, usage, ...rest } = await client.chat.completions.create(QUESTION);
  assert.match(choices[0]?.message.content ?? "", /Paris/);
  assert.equal(rest.model, MODEL);
  assert.ok(usage && usage.prompt_tokens > 10 && usage.completion_tokens > 3);
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
});

test("a stream says the same as the whole answer, and counts the same", async () => {
  const whole = await client.chat.completions.create(QUESTION);
  const stream_options = { include_usage: true };
  const chunks = await Array.fromAsync(
    await client.chat.completions.create({ ...QUESTION, stream: true, stream_options }),
  );
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  assert.equal(text, whole.choices[0]?.message.content);
  const reasons = chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
  assert.deepEqual(reasons, [whole.choices[0]?.finish_reason]);
  assert.deepEqual(chunks.at(-1)?.usage, whole.usage);
});

test("a limit to the answer is its finish reason", async () => {
  const { choices, usage } = await client.chat.completions.create({ ...QUESTION, max_completion_tokens: 2 });
  assert.deepEqual([choices[0]?.finish_reason, usage?.completion_tokens], ["length", 2]);
});

test("an answer keeps to a JSON schema", async () => {
  const schema = {
    type: "object",
    properties: { capital: { type: "string", maxLength: 20 } },
    required: ["capital"],
    additionalProperties: false,
  };
  const { choices } = await client.chat.completions.create({
    ...QUESTION,
    max_tokens: 60,
    response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
  });
  assert.equal(typeof JSON.parse(choices[0]?.message.content ?? "").capital, "string");
});

test("several texts become vectors of length 1, in both encodings", async () => {
  const input = ["A cat sat on the mat.", "A kitten lay on the rug.", "The stock market fell."];
  const base64 = await client.embeddings.create({ model, input });
  const float = await client.embeddings.create({ model, input, encoding_format: "float" });
  assert.equal(base64.data.length, 3);
  assert.ok(base64.usage.prompt_tokens > 10);
  for (const [index, { embedding }] of base64.data.entries()) {
    assert.ok(Math.abs(Math.hypot(...embedding) - 1) < 1e-3);
    assert.deepEqual(embedding, [...Float32Array.from(float.data[index]?.embedding ?? [])]);
  }
});

test("a prompt longer than the server's usual context arrives whole", async () => {
  const content = Array.from({ length: 60 }, (_, index) => `Line ${index}.`).join("\n");
  const { usage } = await client.chat.completions.create({
    ...QUESTION,
    messages: [{ role: "user", content }],
    max_tokens: 1,
  });
  assert.ok((usage?.prompt_tokens ?? 0) > USUAL_CONTEXT, String(usage?.prompt_tokens));
});

test("a prompt that no context can hold is refused", async () => {
  const content = Array.from({ length: 30_000 }, (_, index) => `word${index}`).join(" ");
  const asked = client.chat.completions.create({ ...QUESTION, messages: [{ role: "user", content }] });
  await assert.rejects(asked, { status: 400, code: "context_length_exceeded" });
});

test("what this server or model cannot do is said", async () => {
  const tools = [{ type: "function", function: { name: "f", parameters: {} } }] as const;
  await assert.rejects(client.chat.completions.create({ ...QUESTION, tools: [...tools] }), {
    status: 400,
    param: "tools",
  });
  await assert.rejects(client.chat.completions.create({ ...QUESTION, logprobs: true }), {
    status: 400,
    param: "logprobs",
  });
});

test("its models are listed", async () => {
  const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
  assert.ok(ids.includes(`ollama/${MODEL}:latest`), ids.join(", "));
});

test("a model that is not there is a 404 that says how to get it", async () => {
  const missing = { status: 404, code: "model_not_found", message: /ollama pull llama9:1b/ };
  const asked = client.chat.completions.create({ ...QUESTION, model: "ollama/llama9:1b" });
  await assert.rejects(asked, (thrown) => thrown instanceof NotFoundError);
  await assert.rejects(client.chat.completions.create({ ...QUESTION, model: "ollama/llama9:1b" }), missing);
  await assert.rejects(client.embeddings.create({ model: "ollama/llama9:1b", input: "a" }), missing);
});

test("a client that leaves does not keep the model busy", async () => {
  const stream = await client.chat.completions.create({ ...QUESTION, max_tokens: 4000, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  const { choices } = await client.chat.completions.create(QUESTION);
  assert.match(choices[0]?.message.content ?? "", /Paris/);
});

test("a server that is killed ends the stream with an error, and the next call with a hint", async () => {
  await using doomed = await startOllama();
  await using front = await startOmniport({ OLLAMA_BASEURL: doomed.url });
  const client = openaiClient(front);
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Count to one thousand." }];
  const stream = await client.chat.completions.create({ model, messages, max_tokens: 4000, stream: true });
  const reading = async () => {
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) await doomed.kill();
  };
  await assert.rejects(
    reading,
    (thrown) => thrown instanceof APIError && /before it was complete/.test(thrown.message),
  );
  await assert.rejects(client.chat.completions.create(QUESTION), { status: 502, message: /Is Ollama running\?/ });
});
