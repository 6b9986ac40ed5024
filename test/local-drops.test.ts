import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { tinyModel } from "../src/engine/chat/fixtures/tiny.ts";
import { startOmniport } from "./omniport.ts";

const TIME_LIMIT = { timeout: 120_000 };
const directories = `local: { directories: [${fileURLToPath(new URL("../src/engine", import.meta.url))}] }`;
const body = JSON.stringify({
  model: `huggingface/${tinyModel("llama-3").snapshot.directory}`,
  messages: [{ role: "user", content: "Hi" }],
  max_tokens: 1,
  modalities: ["text", "audio"],
  response_format: { type: "json_schema", json_schema: { name: "a", schema: { not: {} } } },
});
const dropped = "dropped=modalities,response_format.json_schema.schema";

function chat(api: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${api}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

test("what a local model cannot honour is a 400, or is left out where the client allows it", TIME_LIMIT, async () => {
  await using server = await startOmniport({}, directories);
  const refused = await chat(server.api);
  assert.equal(refused.status, 400);
  const { error } = (await refused.json()) as { error: { param: string; code: string } };
  assert.deepEqual([error.param, error.code], ["modalities", "unsupported_parameter"]);

  const answered = await chat(server.api, { "x-omniport-drop-params": "true" });
  assert.equal(answered.status, 200);
  assert.equal(answered.headers.get("x-omniport-translation"), dropped);
});

test("the configuration's drop_params holds for local models, too", TIME_LIMIT, async () => {
  await using server = await startOmniport({}, `${directories}\ndrop_params: true`);
  const answered = await chat(server.api);
  assert.equal(answered.status, 200);
  assert.equal(answered.headers.get("x-omniport-translation"), dropped);
});
