import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, sendJson } from "./fakes/openai.ts";
import { post, startFronted } from "./fronted.ts";

const usage = { prompt_tokens: 7, total_tokens: 7 };
/** As float32, which is what base64 carries. */
const vector = [0.1, -2.5, 1e-7, 3].map(Math.fround);
const base64 = Buffer.from(Float32Array.from(vector).buffer).toString("base64");

/** A provider that answers with these vectors whatever encoding it was asked for. */
function answering(...embeddings: readonly unknown[]): Answer {
  const data = embeddings.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return (_, response) => sendJson(response, { object: "list", data, model: "text-embedding-3-small", usage });
}

test("the official client asks for base64 and gets its floats, though the provider knows floats only", async () => {
  await using fronted = await startFronted({ answer: answering(vector) });
  const answer = await fronted.client.embeddings.create({ model: "openai/text-embedding-3-small", input: "night" });
  assert.deepEqual(answer.data[0]?.embedding, vector);
  assert.deepEqual(answer.usage, usage);
  assert.equal(fronted.provider.calls[0]?.path, "/v1/embeddings");
  assert.deepEqual(fronted.provider.calls[0]?.body, {
    model: "text-embedding-3-small",
    input: "night",
    encoding_format: "base64",
  });
});

for (const [comes, embedding] of [
  ["floats", vector],
  ["base64", base64],
] as const) {
  for (const [encoding_format, expected] of [
    ["float", vector],
    ["base64", base64],
    [undefined, vector],
    [null, vector],
  ] as const) {
    test(`where the provider sends ${comes}, a client that asks for ${encoding_format} gets it`, async () => {
      await using fronted = await startFronted({ answer: answering(embedding) });
      const body = { model: "text-embedding-3-small", input: ["night"], encoding_format };
      const response = await post(`${fronted.server.api}/embeddings`, JSON.stringify(body));
      const data = [{ object: "embedding", index: 0, embedding: expected }];
      assert.deepEqual(await response.json(), { object: "list", data, model: "text-embedding-3-small", usage });
    });
  }
}

test("many inputs come back in their order, each with its index", async () => {
  await using fronted = await startFronted();
  const input = ["a", "three", "夜市"];
  const { data } = await fronted.client.embeddings.create({ model: "text-embedding-3-small", input });
  assert.deepEqual(
    data.map(({ index, embedding }) => [index, embedding]),
    [
      [0, [1, 0.5, -1]],
      [1, [5, 0.5, -1]],
      [2, [2, 0.5, -1]],
    ],
  );
});

for (const input of ["one", ["one", "two"], [1, 2, 3], [[1, 2], [3]]]) {
  test(`the input ${JSON.stringify(input)} passes as it is, with dimensions and what is unknown`, async () => {
    await using fronted = await startFronted();
    const body = { model: "openai/text-embedding-3-small", input, dimensions: 3, user: "u", new_field: { a: 1 } };
    const response = await post(`${fronted.server.api}/embeddings`, JSON.stringify(body));
    assert.equal(response.status, 200);
    assert.deepEqual(fronted.provider.calls[0]?.body, { ...body, model: "text-embedding-3-small" });
  });
}

test("an answer that nobody has to change passes byte by byte", async () => {
  const text =
    '{"object": "list", "data": [{"object":"embedding", "index": 0, "embedding":[1.0, 0.10000000000000001]}], "model":"m", "usage":{"prompt_tokens": 1, "total_tokens": 1}}';
  const answer: Answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(text);
  };
  await using fronted = await startFronted({ answer });
  const body = JSON.stringify({ model: "text-embedding-3-small", input: "x" });
  assert.equal(await (await post(`${fronted.server.api}/embeddings`, body)).text(), text);
});

test("embeddings are served without /v1, too", async () => {
  await using fronted = await startFronted();
  const body = JSON.stringify({ model: "text-embedding-3-small", input: "four" });
  const response = await post(`${fronted.server.url}/embeddings`, body);
  assert.equal(response.status, 200);
});
