import assert from "node:assert/strict";
import { test } from "node:test";
import { models } from "./models.ts";

test("models that answer or embed are listed, from all pages", async () => {
  const pages: Readonly<Record<string, object>> = {
    "/v1beta/models?pageSize=1000": {
      models: [
        {
          name: "models/gemini-3-flash",
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          supportedGenerationMethods: ["generateContent", "countTokens"],
        },
        { name: "models/veo-3", supportedGenerationMethods: ["predictLongRunning"] },
        { name: "models/unknown" },
      ],
      nextPageToken: "a+b",
    },
    "/v1beta/models?pageSize=1000&pageToken=a%2Bb": {
      models: [{ name: "models/gemini-embedding-001", supportedGenerationMethods: ["embedContent"] }],
    },
  };
  assert.deepEqual(await models(async (path) => pages[path]), [
    {
      id: "gemini-3-flash",
      object: "model",
      created: 0,
      owned_by: "google",
      context_length: 1_048_576,
      max_output_tokens: 65_536,
      capabilities: ["chat"],
    },
    { id: "gemini-embedding-001", object: "model", created: 0, owned_by: "google", capabilities: ["embeddings"] },
  ]);
});

test("a list that never ends is left after ten pages", async () => {
  let asked = 0;
  await models(async () => ({ nextPageToken: String(++asked) }));
  assert.equal(asked, 10);
});
