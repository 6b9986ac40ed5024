import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError } from "openai";
import { providers } from "../../../src/providers/index.ts";
import type { Provider } from "../../../src/providers/provider.ts";
import { startFakeProvider } from "../../fakes/openai.ts";
import { openaiClient } from "../../fronted.ts";
import { startOmniport } from "../../omniport.ts";
import { acme } from "./acme.ts";

/** The one line. */
const withAcme: readonly Provider[] = [...providers, acme];

test("a provider that is one file and one line is as complete as the others", async () => {
  await using fake = await startFakeProvider();
  const environment = { ACME_API_KEY: "sk-acme", ACME_BASE_URL: fake.url };
  await using server = await startOmniport(environment, undefined, withAcme);
  const client = openaiClient(server);
  const request = { messages: [{ role: "user" as const, content: "Beep beep" }], max_completion_tokens: 7 };

  for (const model of ["acme/anvil-1", "roadrunner/anvil-1", "anvil-1"]) {
    const { choices } = await client.chat.completions.create({ model, ...request });
    assert.equal(choices[0]?.message.content, "Beep beep");
    assert.deepEqual(fake.calls.at(-1)?.body, { model: "anvil-1", messages: request.messages, max_tokens: 7 });
  }
  assert.equal(fake.calls[0]?.headers.authorization, "Bearer sk-acme");
  assert.equal(fake.calls[0]?.path, "/v1/chat/completions");

  const stream = client.chat.completions.stream({ model: "acme/anvil-1", ...request });
  assert.equal((await stream.finalMessage()).content, "Beep beep");
  const { data } = await client.embeddings.create({ model: "acme/anvil-e", input: "Beep" });
  assert.deepEqual(data[0]?.embedding, [4, 0.5, -1]);
  const models = await Array.fromAsync(client.models.list());
  assert.ok(models.some(({ id }) => id === "acme/gpt-4o"));
});

test("without its key it says which variable to set", async () => {
  await using server = await startOmniport({}, undefined, withAcme);
  const messages = [{ role: "user" as const, content: "Beep beep" }];
  await assert.rejects(openaiClient(server).chat.completions.create({ model: "acme/anvil-1", messages }), (thrown) => {
    assert.ok(thrown instanceof AuthenticationError, String(thrown));
    assert.match(thrown.message, /ACME_API_KEY/);
    return true;
  });
});
