import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type OpenAI from "openai";
import { BadRequestError, InternalServerError } from "openai";
import { cosine, family, reconfigured } from "../src/engine/embed/fixtures/tiny.ts";
import { openaiClient, post } from "./fronted.ts";
import { startOmniport, type TestServer } from "./omniport.ts";

const TIME_LIMIT = { timeout: 120_000 };
const encoder = family("nomic-bert");
const decoder = family("qwen3");
const ENCODER = `huggingface/${encoder.snapshot.directory}`;
const DECODER = `huggingface/${decoder.snapshot.directory}`;

let folder: string;
let server: TestServer;
let client: OpenAI;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "omniport-embeddings-"));
  const fixtures = fileURLToPath(new URL("../src/engine", import.meta.url));
  server = await startOmniport({}, `local: { directories: [${fixtures}, ${folder}] }`);
  client = openaiClient(server);
});

after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

for (const [model, { oracle }] of [
  [ENCODER, encoder],
  [DECODER, decoder],
] as const) {
  test(
    `${model.split("/").at(-1)}: vectors through the official client, with the model's prompts`,
    TIME_LIMIT,
    async () => {
      for (const [prompt_name, entries] of Map.groupBy(oracle, (entry) => entry.promptName)) {
        const body = { model, input: entries.map(({ text }) => text), prompt_name };
        const { data, usage } = await client.embeddings.create(body);
        for (const [index, { vector, text }] of entries.entries()) {
          assert.ok(cosine(data[index]?.embedding ?? [], vector) >= 0.999, text);
        }
        assert.ok(usage.prompt_tokens > entries.length);
      }
    },
  );
}

test("a prompt in one's own words is the same as one that is named", TIME_LIMIT, async () => {
  const ask = async (fields: object) => {
    const { data } = await client.embeddings.create({ model: ENCODER, input: "market", ...fields });
    return data[0]?.embedding;
  };
  const named = await ask({ prompt_name: "search_query" });
  assert.deepEqual(await ask({ prompt: "search query " }), named);
  assert.notDeepEqual(await ask({}), named);
});

test("fewer dimensions are the first ones, brought back to length 1, in both encodings", TIME_LIMIT, async () => {
  const body = { model: DECODER, input: "market", dimensions: 8 };
  const { data } = await client.embeddings.create(body);
  const short = data[0]?.embedding ?? [];
  const whole = await client.embeddings.create({ model: DECODER, input: "market" });
  assert.equal(short.length, 8);
  assert.ok(Math.abs(Math.hypot(...short) - 1) < 1e-6);
  assert.ok(cosine(short, whole.data[0]?.embedding.slice(0, 8) ?? []) > 0.999_999);
  const response = await post(`${server.api}/embeddings`, JSON.stringify({ ...body, encoding_format: "float" }));
  const floats = (await response.json()) as OpenAI.CreateEmbeddingResponse;
  assert.ok(cosine(floats.data[0]?.embedding ?? [], short) > 0.999_999);
});

test("what the model does not have is a 400 that names the field and what there is", TIME_LIMIT, async () => {
  for (const [fields, param, message] of [
    [{ prompt_name: "poem" }, "prompt_name", /no prompt named 'poem'; it has: .*search_query/],
    [{ dimensions: 33 }, "dimensions", /vectors of 32 dimensions; 33 are more/],
    [{ prompt_name: 7 }, "prompt_name", /prompt_name.*Expected a string/],
    [{ input: [5, 9999] }, "input", /9999 is no token id/],
  ] as const) {
    const body: OpenAI.EmbeddingCreateParams = Object.assign({ model: ENCODER, input: "a" }, fields);
    await assert.rejects(client.embeddings.create(body), (error: unknown) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.param, param);
      assert.match(error.message, message);
      return true;
    });
  }
});

test("an architecture that cannot make embeddings is a 501 that names it and those that can", TIME_LIMIT, async () => {
  const put = { architectures: ["HologramModel"] };
  const { directory } = reconfigured(encoder.snapshot, join(folder, "hologram"), [], put);
  await assert.rejects(
    client.embeddings.create({ model: `huggingface/${directory}`, input: "a" }, { maxRetries: 0 }),
    (error: unknown) => {
      assert.ok(error instanceof InternalServerError);
      assert.equal(error.status, 501);
      assert.match(error.message, /HologramModel.*BertModel.*NomicBertModel.*Qwen3ForCausalLM/);
      return true;
    },
  );
});
