import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { arbitraryRequest } from "../../../test/arbitrary-request.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { ApiError } from "../../api/error.ts";
import { createReceipt } from "../../api/receipt.ts";
import { capabilities, needsResponses } from "./capabilities.ts";
import { edit } from "./request.ts";

const QUESTION = { role: "user", content: "Hi" } as const;
const LONG_ID = "x".repeat(70);
const SHORT_ID = "call_c71bd109227e23434ecf71fd0a344a20";

/** The fields that change, and what the client is told of it. */
function changes(model: string, given: object, dropParams = false): { fields: unknown; receipt: string } {
  const receipt = createReceipt(dropParams);
  const fields = edit({ model, messages: [QUESTION], ...given }, { model, receipt });
  return { fields, receipt: receipt.text() };
}

const ALL_SAMPLING = { temperature: 0.5, top_p: 0.5, presence_penalty: 1, frequency_penalty: 1, logit_bias: { 1: 2 } };
const NO_SAMPLING = {
  temperature: undefined,
  top_p: undefined,
  presence_penalty: undefined,
  frequency_penalty: undefined,
  logit_bias: undefined,
};
const DROPPED_SAMPLING = "dropped=temperature,top_p,presence_penalty,frequency_penalty,logit_bias";

const cases: readonly [model: string, given: object, fields: object, receipt: string][] = [
  ["gpt-4o", { max_tokens: 5, stop: "x", logprobs: true, ...ALL_SAMPLING }, {}, ""],
  ["gpt-4o", { reasoning_effort: "low" }, { reasoning_effort: undefined }, "dropped=reasoning_effort"],
  ["gpt-5-chat-latest", { max_tokens: 5, temperature: 0.2 }, {}, ""],
  ["o3-mini", { max_tokens: 5 }, { max_tokens: undefined, max_completion_tokens: 5 }, "renamed=max_tokens"],
  [
    "gpt-5",
    { max_tokens: 5, max_completion_tokens: 6 },
    { max_tokens: undefined, max_completion_tokens: 6 },
    "renamed=max_tokens",
  ],
  ["gpt-5-mini", ALL_SAMPLING, NO_SAMPLING, DROPPED_SAMPLING],
  ["gpt-5-mini", { temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0 }, {}, ""],
  ["gpt-5.1", ALL_SAMPLING, {}, ""],
  ["gpt-5.1", { ...ALL_SAMPLING, reasoning_effort: "low" }, NO_SAMPLING, DROPPED_SAMPLING],
  ["gpt-5.6-sol", { ...ALL_SAMPLING, reasoning_effort: "none" }, {}, ""],
  ["gpt-5.6-sol", ALL_SAMPLING, NO_SAMPLING, DROPPED_SAMPLING],
  ["gpt-5", { reasoning_effort: "none" }, { reasoning_effort: "minimal" }, "clamped=reasoning_effort"],
  ["gpt-5.2", { reasoning_effort: "minimal" }, { reasoning_effort: "low" }, "clamped=reasoning_effort"],
  ["o4-mini", { reasoning_effort: "xhigh" }, { reasoning_effort: "high" }, "clamped=reasoning_effort"],
  ["gpt-4o", { parallel_tool_calls: false }, { parallel_tool_calls: undefined }, "dropped=parallel_tool_calls"],
  [
    "gpt-5",
    { messages: [{ role: "system", content: "A" }, { role: "developer", content: "B" }, QUESTION] },
    { messages: [{ role: "developer", content: "A" }, { role: "developer", content: "B" }, QUESTION] },
    "renamed=messages.role",
  ],
  ["gpt-5", { messages: [{ role: "system", content: "A" }, QUESTION] }, {}, ""],
  [
    "o1-mini",
    { messages: [{ role: "system", content: "A" }, QUESTION] },
    { messages: [{ role: "user", content: "A" }, QUESTION] },
    "renamed=messages.role",
  ],
  [
    "gpt-4o",
    {
      messages: [
        {
          role: "assistant",
          content: null,
          reasoning_content: "Hm.",
          tool_calls: [{ id: LONG_ID, type: "function", function: { name: "f", arguments: "{}" }, extra_content: {} }],
        },
        { role: "tool", tool_call_id: LONG_ID, content: "x" },
      ],
    },
    {
      messages: [
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: SHORT_ID, type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: SHORT_ID, content: "x" },
      ],
    },
    "dropped=messages.reasoning_content,messages.tool_calls.extra_content",
  ],
];

for (const [model, given, fields, receipt] of cases) {
  test(`${model}, asked for ${JSON.stringify(given).slice(0, 80)}`, () => {
    assert.deepEqual(changes(model, given), { fields, receipt });
  });
}

test("what a model that reasons cannot do is refused by name, or dropped where the client allows it", () => {
  assert.throws(() => changes("gpt-5", { logprobs: true }), { status: 400, param: "logprobs" });
  assert.throws(() => changes("o3", { stop: ["x"] }), { status: 400, param: "stop" });
  assert.deepEqual(changes("o3", { stop: ["x"] }, true), { fields: { stop: undefined }, receipt: "dropped=stop" });
});

test("tools go to the Responses API on the models that want it so", () => {
  const tools = [{ type: "function", function: { name: "f" } }];
  const goes = (model: string, given: object): boolean =>
    needsResponses({ model, messages: [QUESTION], ...given }, model);
  const roads = (model: string): readonly boolean[] =>
    [{}, { tools }, { tools, reasoning_effort: "none" }, { tools, reasoning_effort: "low" }].map((g) => goes(model, g));

  for (const model of ["gpt-4o", "o3", "gpt-5", "gpt-5.2", "gpt-5.3-chat-latest", "ft:gpt-4o-mini:me::1"]) {
    assert.deepEqual(roads(model), [false, false, false, false], model);
  }
  assert.deepEqual(roads("gpt-5.4-mini"), [false, false, false, true]);
  for (const model of ["gpt-5.5", "gpt-5.6-sol", "gpt-6-astra", "gpt-12"]) {
    assert.deepEqual(roads(model), [false, true, false, true], model);
  }
  for (const model of ["gpt-5.2-pro", "gpt-5.1-codex", "o3-deep-research"]) {
    assert.deepEqual(roads(model), [true, true, true, true], model);
  }
});

test("whatever is asked for, the model is sent what it takes, or the client is told what is wrong", () => {
  const request = arbitraryRequest(["gpt-4o", "o3", "o1-mini", "gpt-5", "gpt-5.1", "gpt-5.4", "gpt-6-sol"]);
  fc.assert(
    fc.property(request, fc.boolean(), (asked, dropParams) => {
      try {
        const { fields } = changes(asked.model, asked, dropParams);
        assertTaken({ ...asked, ...(fields as object) });
      } catch (thrown) {
        if (!(thrown instanceof ApiError)) throw thrown;
        assert.equal(thrown.status, 400);
        assert.ok(thrown.param);
      }
    }),
    { numRuns: 1000 },
  );
});

/** OpenAI's rules that a request for any model can break. */
function assertTaken(body: ChatCompletionRequest): void {
  const { reasons, sampling, hasStop } = capabilities(body.model);
  const roles = new Set(body.messages.map(({ role }) => role));
  assert.ok(!reasons || (body.max_tokens ?? null) === null);
  assert.ok(!reasons || !(roles.has("system") && roles.has("developer")));
  assert.ok(reasons || (body.reasoning_effort ?? null) === null);
  assert.ok(sampling !== "never" || [undefined, null, 1].includes(body.temperature));
  assert.ok(sampling !== "never" || (body["logprobs"] ?? null) === null);
  assert.ok(hasStop || (body.stop ?? null) === null);
  assert.ok((body["parallel_tool_calls"] ?? null) === null || (body.tools ?? []).length > 0);
  const ids = body.messages.flatMap((m) => [m.tool_call_id ?? "", ...(m.tool_calls ?? []).map(({ id }) => id)]);
  assert.ok(ids.every((id) => id.length <= 40));
}
