import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type OpenAI from "openai";
import { AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { ANSWER, USAGE } from "./fake-model.ts";
import { allVendors } from "./index.ts";
import { TOOLS } from "./tools.ts";
import { type Fronted, startVendors, type Vendor } from "./vendor.ts";

const HELLO = "Hello big 世界 👋";
const WEATHER = zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), "weather");
const PICTURE = "iVBORw0KGgo=";
const COUNTED = {
  prompt_tokens: USAGE.prompt,
  completion_tokens: USAGE.completion,
  total_tokens: USAGE.total,
};

for (const vendor of allVendors) {
  describe(`the official client talks to ${vendor.model}`, () => {
    let fronted: Fronted;
    before(async () => void (fronted = await startVendors([vendor])));
    after(() => fronted[Symbol.asyncDispose]());
    check(vendor, () => fronted.client);
  });
}

function check(vendor: Vendor, client: () => OpenAI): void {
  const { model } = vendor;
  const completions = (): OpenAI["chat"]["completions"] => client().chat.completions;
  const body = (content: OpenAI.ChatCompletionUserMessageParam["content"]) => ({
    model,
    messages: [{ role: "user" as const, content }],
  });

  test("and reads an answer with its usage", async () => {
    const { choices, usage, object } = await completions().create(body(HELLO));
    assert.equal(object, "chat.completion");
    assert.equal(choices[0]?.message.content, HELLO);
    assert.equal(choices[0]?.finish_reason, "stop");
    assertUsage(usage);
  });

  test("and reads a stream that ends in a reason, and has usage only where it was asked for", async () => {
    for (const include_usage of [false, true]) {
      const options = include_usage ? { stream_options: { include_usage } } : {};
      const all = await Array.fromAsync(await completions().create({ ...body(HELLO), stream: true, ...options }));
      assert.equal(all.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), HELLO);
      assert.equal(all[0]?.choices[0]?.delta.role, "assistant");
      assert.deepEqual(reasons(all), ["stop"]);
      if (include_usage) {
        assert.deepEqual(all.at(-1)?.choices, []);
        assertUsage(all.at(-1)?.usage);
        assert.ok(all.slice(0, -1).every((chunk) => chunk.usage === null));
      } else assert.ok(all.every((chunk) => chunk.usage === undefined));
    }
  });

  for (const stream of [false, true]) {
    const how = stream ? "streamed" : "whole";

    test(`and has a tool called, ${how}`, async () => {
      const { message, finish_reason } = await ask(completions(), { ...body("How is it?"), tools: TOOLS }, stream);
      assert.deepEqual(called(message), [{ name: "place", arguments: {} }]);
      assert.equal(finish_reason, "tool_calls");
    });

    test(`and has two tools called at once, ${how}`, async () => {
      const { message } = await ask(completions(), { ...body("How is it in both?"), tools: TOOLS }, stream);
      const weather = (city: string) => ({ name: "weather", arguments: { city } });
      assert.deepEqual(called(message), [weather("台北"), weather("高雄")]);
      assert.equal(new Set(message.tool_calls?.map(({ id }) => id)).size, 2);
    });

    test(`and gets JSON of its schema, ${how}`, async () => {
      const request = { ...body("How is it?"), response_format: WEATHER };
      const completion = await (stream
        ? completions().stream(request).finalChatCompletion()
        : completions().parse(request));
      assert.deepEqual(completion.choices[0]?.message.parsed, ANSWER);
      assert.equal(completion.choices[0]?.finish_reason, "stop");
    });

    test(`and gets an error of the right class for each refusal, ${how}`, async () => {
      for (const [status, kind] of CLASSES) {
        await assert.rejects(ask(completions(), body(`refuse ${status}`), stream), (thrown: unknown) => {
          assert.ok(thrown instanceof kind, `${status}: ${String(thrown)}`);
          assert.equal(thrown.status, status);
          if (status === 404) assert.equal(thrown.code, "model_not_found");
          return true;
        });
      }
    });
  }

  test("and shows a picture", async () => {
    const image_url = { url: `data:image/png;base64,${PICTURE}` };
    const request = body([
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url },
    ]);
    if (!vendor.hasImages) {
      await assert.rejects(completions().create(request), { status: 400, param: "messages[0].content[1]" });
      return;
    }
    const { choices } = await completions().create(request);
    assert.equal(choices[0]?.message.content, `I see ${PICTURE}.`);
  });

  test("and is told what became of a schema", async () => {
    const { response } = await completions()
      .create({ ...body("How is it?"), response_format: WEATHER })
      .withResponse();
    const receipt = response.headers.get("x-omniport-translation") ?? "";
    assert.equal(receipt.includes("emulated=response_format"), !vendor.hasJsonSchema, receipt);
  });

  const { refused } = vendor;
  if (!refused) return;
  test("and is refused what the vendor has no equal of, unless it may be dropped", async () => {
    const [field = ""] = Object.keys(refused);
    const request = { ...body(HELLO), ...refused };
    await assert.rejects(completions().create(request), (thrown: unknown) => {
      assert.ok(thrown instanceof BadRequestError, String(thrown));
      assert.equal(thrown.param, field);
      return true;
    });
    const headers = { "x-omniport-drop-params": "true" };
    const { data, response } = await completions().create(request, { headers }).withResponse();
    assert.equal(data.choices[0]?.message.content, HELLO);
    assert.match(response.headers.get("x-omniport-translation") ?? "", new RegExp(`\\bdropped=([^;]*,)?${field}\\b`));
  });
}

const CLASSES = [
  [400, BadRequestError],
  [401, AuthenticationError],
  [404, NotFoundError],
  [429, RateLimitError],
] as const;

type Request = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "stream">;

/** Asks for a whole answer, or for a stream that the client puts together. */
async function ask(
  completions: OpenAI["chat"]["completions"],
  request: Request,
  stream: boolean,
): Promise<OpenAI.ChatCompletion.Choice> {
  const answer = await (stream ? completions.stream(request).finalChatCompletion() : completions.create(request));
  const [choice] = answer.choices;
  assert.ok(choice);
  return choice;
}

function called({ tool_calls = [] }: OpenAI.ChatCompletionMessage): object[] {
  return tool_calls.map((call) => {
    assert.equal(call.type, "function");
    const { name, arguments: args } = call.function;
    return { name, arguments: JSON.parse(args) };
  });
}

function reasons(chunks: readonly OpenAI.ChatCompletionChunk[]): string[] {
  return chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? []);
}

function assertUsage(usage: OpenAI.CompletionUsage | null | undefined): void {
  const { prompt_tokens, completion_tokens, total_tokens } = usage ?? {};
  assert.deepEqual({ prompt_tokens, completion_tokens, total_tokens }, COUNTED);
}
