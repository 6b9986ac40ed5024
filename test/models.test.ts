import assert from "node:assert/strict";
import { test } from "node:test";
import { NotFoundError } from "openai";
import type { Model } from "../src/api/models.ts";
import { modelList, sendJson, startFakeProvider } from "./fakes/openai.ts";
import { openaiClient, startFronted } from "./fronted.ts";
import { startOmniport } from "./omniport.ts";

const yaml = (url: string): string => `
providers:
  house: { base_url: "${url}" }
aliases:
  fast: openai/gpt-4o
`;

test("the list has the aliases, the local defaults and what each provider with a key or an address offers", async () => {
  await using house = await startFakeProvider((_, response) => sendJson(response, modelList("meta/llama-3", "qwen")));
  await using fronted = await startFronted({ yaml: yaml(house.url) });
  const ids = (await Array.fromAsync(fronted.client.models.list())).map(({ id }) => id);
  assert.deepEqual(ids, [
    "fast",
    "local/chat",
    "local/tiny",
    "local/embed",
    "openai/gpt-4o",
    "house/meta/llama-3",
    "house/qwen",
  ]);
});

test("each entry is one of OpenAI's, with the provider's date", async () => {
  await using fronted = await startFronted();
  const all = await Array.fromAsync(fronted.client.models.list());
  const model = { id: "openai/gpt-4o", object: "model", created: 1_700_000_000, owned_by: "openai" };
  assert.deepEqual(
    all.find(({ id }) => id === "openai/gpt-4o"),
    model,
  );
  assert.ok(all.every(({ object, created }) => object === "model" && Number.isInteger(created)));
});

test("with no key at all the local models are listed", async () => {
  await using server = await startOmniport();
  const ids = (await Array.fromAsync(openaiClient(server).models.list())).map(({ id }) => id);
  assert.deepEqual(ids, ["local/chat", "local/tiny", "local/embed"]);
});

test("a provider that is down does not hide the others' models", async () => {
  await using house = await startFakeProvider((_, response) => sendJson(response, { error: "down" }, 500));
  await using fronted = await startFronted({ yaml: yaml(house.url) });
  const ids = (await Array.fromAsync(fronted.client.models.list())).map(({ id }) => id);
  assert.ok(ids.includes("openai/gpt-4o"));
});

for (const path of ["house/meta/llama-3", "house%2Fmeta%2Fllama-3", "fast", "local/chat"]) {
  test(`GET /v1/models/${path} answers with that model`, async () => {
    await using house = await startFakeProvider((_, response) => sendJson(response, modelList("meta/llama-3")));
    await using fronted = await startFronted({ yaml: yaml(house.url) });
    for (const base of [fronted.server.api, fronted.server.url]) {
      const response = await fetch(`${base}/models/${path}`);
      assert.equal(response.status, 200);
      const model = (await response.json()) as Model;
      assert.deepEqual([model.id, model.object], [decodeURIComponent(path), "model"]);
    }
  });
}

test("the official client retrieves a model whose id has slashes", async () => {
  await using house = await startFakeProvider((_, response) => sendJson(response, modelList("meta/llama-3")));
  await using fronted = await startFronted({ yaml: yaml(house.url) });
  const model = await fronted.client.models.retrieve("house/meta/llama-3");
  assert.equal(model.id, "house/meta/llama-3");
  assert.equal(model.owned_by, "house");
});

test("a model that the provider does not have is a 404 with the nearest name", async () => {
  await using fronted = await startFronted();
  await assert.rejects(fronted.client.models.retrieve("openai/gpt-4"), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, "model_not_found");
    assert.match(error.message, /Did you mean 'openai\/gpt-4o'\?/);
    return true;
  });
});
