import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateObject, generateText, type LanguageModel, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ANSWER, thoughtBefore, USAGE } from "../vendors/fake-model.ts";
import { allVendors } from "../vendors/index.ts";
import { type Fronted, startVendors, type Vendor } from "../vendors/vendor.ts";

const HELLO = "Hello big 世界 👋";
const RAIN = "It rains in 台北.";

const tools = {
  place: tool({ description: "Where the user is", inputSchema: z.object({}), execute: async () => "台北" }),
  weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => `${city}: rain` }),
};

for (const vendor of allVendors) {
  describe(`Vercel's AI SDK talks to ${vendor.model}`, () => {
    let fronted: Fronted;
    before(async () => void (fronted = await startVendors([vendor])));
    after(() => fronted[Symbol.asyncDispose]());
    check(vendor, () => {
      const baseURL = fronted.server.api;
      const omniport = createOpenAICompatible({
        name: "omniport",
        baseURL,
        apiKey: "dummy-key",
        includeUsage: true,
        supportsStructuredOutputs: true,
      });
      return omniport(vendor.model);
    });
  });
}

function check(vendor: Vendor, model: () => LanguageModel): void {
  const providerOptions = { omniport: { reasoningEffort: "low" } };

  test("and generates text", async () => {
    const { text, usage, finishReason } = await generateText({ model: model(), prompt: HELLO });
    assert.equal(text, HELLO);
    assert.equal(finishReason, "stop");
    assert.equal(usage.totalTokens, USAGE.total);
  });

  test("and streams text", async () => {
    const result = streamText({ model: model(), prompt: HELLO });
    assert.equal((await Array.fromAsync(result.textStream)).join(""), HELLO);
    assert.equal((await result.usage).totalTokens, USAGE.total);
  });

  test("and generates an object", async () => {
    const schema = z.object({ city: z.string(), degrees: z.number() });
    const { object } = await generateObject({ model: model(), schema, prompt: "How is the weather?" });
    assert.deepEqual(object, ANSWER);
  });

  test("and runs a tool loop of three steps", async () => {
    const asked = { model: model(), prompt: "How is it?", tools, stopWhen: stepCountIs(5), providerOptions };
    const { text, steps } = await generateText(asked);
    assert.equal(text, RAIN);
    assert.equal(steps.length, 3);
    if (vendor.showsThoughts) assert.equal(steps[0]?.reasoningText, thoughtBefore(["place"]));
  });

  test("and streams a tool loop of three steps", async () => {
    const asked = { model: model(), prompt: "How is it?", tools, stopWhen: stepCountIs(5), providerOptions };
    const result = streamText(asked);
    await result.consumeStream();
    assert.equal(await result.text, RAIN);
    assert.equal((await result.steps).length, 3);
  });

  test("and gets two calls at once", async () => {
    const { toolCalls } = await generateText({ model: model(), prompt: "How is it in both?", tools });
    assert.deepEqual(
      toolCalls.map(({ toolName, input }) => [toolName, input]),
      [
        ["weather", { city: "台北" }],
        ["weather", { city: "高雄" }],
      ],
    );
  });

  test("and gets the status of each refusal", async () => {
    for (const status of [400, 401, 404, 429]) {
      const asked = { model: model(), prompt: `refuse ${status}`, maxRetries: 0 };
      await assert.rejects(generateText(asked), (thrown) => {
        assert.ok(APICallError.isInstance(thrown), String(thrown));
        assert.equal(thrown.statusCode, status);
        return true;
      });
    }
  });
}
