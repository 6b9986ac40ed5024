import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRecordedChat, readStream, recordedCall, recordedCases } from "../../../test/recorded.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import { claude } from "./index.ts";

/** The recorded requests are Anthropic's own, so the answers are read as those to a plain question. */
const QUESTION = { messages: [{ role: "user", content: "Hello" }], max_tokens: 1024 };

/** Read otherwise than the recordings' own reader does. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "rep-reported-400-51": "an empty account is OpenAI's 429 insufficient_quota, whatever status the vendor gives it",
  "va-anthropic-tool-search-deferred-regex":
    "three answers in one stream: calls that were passed on cannot be taken back",
  "va-spliced-message-start": "two answers spliced into one stream: as above",
};

const recordings = recordedCases(new URL("fixtures/", import.meta.url)).map((recorded) => ({
  ...recorded,
  request: null,
}));

for (const recorded of recordings.filter((one) => OTHERWISE[one.case] === undefined)) {
  test(recorded.case, () => assertRecordedChat(claude, recorded, QUESTION));
}

test("an empty account is insufficient quota", async () => {
  await assert.rejects(claude.chat(recordedCall(found("rep-reported-400-51"), QUESTION)), {
    status: 429,
    code: "insufficient_quota",
  });
});

test("the calls of all answers in one stream are passed on, each under its own index", async () => {
  const calls = async (name: string): Promise<readonly string[]> => {
    const body = { ...QUESTION, stream: true };
    const answer = await readStream(await claude.chatStream(recordedCall<ChatCompletionRequest>(found(name), body)));
    return answer.toolCalls.map((call) => call.name);
  };
  assert.deepEqual(await calls("va-anthropic-tool-search-deferred-regex"), ["readNoteTree", "executeEditorOperation"]);
  assert.deepEqual(await calls("va-spliced-message-start"), ["test-tool", "test-tool"]);
});

function found(name: string): (typeof recordings)[number] {
  const recorded = recordings.find((one) => one.case === name);
  assert.ok(recorded, name);
  return recorded;
}
