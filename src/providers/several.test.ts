import assert from "node:assert/strict";
import { test } from "node:test";
import { eachChunk } from "../../test/each-chunk.ts";
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import { Json } from "../api/json.ts";
import { createReceipt } from "../api/receipt.ts";
import { createMemoryToolState } from "../store/tool-state.ts";
import type { Call } from "./provider.ts";
import { severalAnswers, severalStreams } from "./several.ts";

type ChatCall = Call<ChatCompletionRequest>;

function call(n: number, signal = new AbortController().signal): ChatCall {
  const upstream = { send: () => Promise.reject(new Error("not called")), close: async () => undefined };
  return {
    model: "m",
    body: Json.fromValue<ChatCompletionRequest>({ model: "v/m", messages: [], n, seed: 7 }),
    connection: { baseUrl: "", key: undefined, headers: {}, options: {}, upstream },
    receipt: createReceipt(false),
    toolState: createMemoryToolState(),
    signal,
  };
}

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } };
const head = { id: "1", created: 1, model: "m" };

function completion({ body }: ChatCall): ChatCompletion {
  const message = { role: "assistant", content: `seed ${body.value.seed}` } as const;
  return { ...head, object: "chat.completion", choices: [{ index: 0, message, finish_reason: "stop" }], usage };
}

function chunk(content: string): ChatCompletionChunk {
  return { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta: { content }, finish_reason: null }] };
}

test("n answers are n calls with seeds of their own, and their usage is added", async () => {
  const asked = call(2);
  const answer = await severalAnswers(asked, async (one) => completion(one));
  assert.deepEqual(
    answer.choices.map(({ index, message }) => [index, message.content]),
    [
      [0, "seed 7"],
      [1, "seed 8"],
    ],
  );
  assert.deepEqual(answer.usage, {
    prompt_tokens: 6,
    completion_tokens: 4,
    total_tokens: 10,
    prompt_tokens_details: { cached_tokens: 2 },
  });
  assert.equal(asked.receipt.text(), "emulated=n");
});

test("one answer is one call, as it is", async () => {
  const asked = call(1);
  await severalAnswers(asked, async (one) => {
    assert.equal(one, asked);
    return completion(one);
  });
});

test("where one call fails, the others are ended", async () => {
  let ended = false;
  const answers = severalAnswers(call(2), async ({ body, signal }) => {
    if (body.value.seed === 7) throw new Error("refused");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ended = true;
    throw signal.reason;
  });
  await assert.rejects(answers, /refused/);
  assert.ok(ended);
});

test("streams are merged as they come, and a silent one is ended when the reader leaves", async () => {
  const signals: AbortSignal[] = [];
  const stream = await severalStreams(call(2), async ({ body, signal }) => {
    signals.push(signal);
    return (async function* () {
      yield [Json.fromValue(chunk(String(body.value.seed)))];
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    })();
  });
  const seen: (string | null | undefined)[] = [];
  for await (const { choices } of eachChunk(stream)) {
    seen.push(`${choices[0]?.index} ${choices[0]?.delta.content}`);
    if (seen.length === 2) break;
  }
  assert.deepEqual(new Set(seen), new Set(["0 7", "1 8"]));
  assert.ok(signals.every(({ aborted }) => aborted));
});

test("more than eight answers are refused", async () => {
  await assert.rejects(
    severalAnswers(call(9), async (one) => completion(one)),
    { status: 400, param: "n" },
  );
});
