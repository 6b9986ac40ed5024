import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eachChunk } from "../../../test/each-chunk.ts";
import { assertRecordedChat, type RecordedCase, recordedCall, recordedCases } from "../../../test/recorded.ts";
import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { EmbeddingRequest } from "../../api/embeddings.ts";
import { openaiCompatible } from "../openai-compatible/index.ts";
import { ollama } from "./index.ts";

/** The recorded requests are Ollama's own, so the answers are read as those to a plain question. */
const QUESTION = { messages: [{ role: "user", content: "Hello" }] };

/** Lines of a stream that the vendor's documentation prints alone: by themselves they are answers cut off. */
const CUT_OFF = new Set(["od-api-md-1", "od-api-md-12", "od-api-md-14"]);

/** Ollama's other road, for those who name it as an OpenAI-compatible server in their configuration. */
const compatible = openaiCompatible({ name: "ollama-v1", title: "Ollama", env: { key: [], baseUrl: [] } });

const recordings = recordedCases(new URL("fixtures/", import.meta.url));

function ofShape(shape: string): readonly RecordedCase[] {
  const found = recordings.filter((recorded) => recorded.shape === shape);
  assert.ok(found.length > 0, shape);
  return found;
}

describe("/api/chat", () => {
  for (const recorded of ofShape("ollama")) test(recorded.case, () => check(recorded));
});

describe("/api/generate, which says the same with `response` in place of a message", () => {
  for (const recorded of ofShape("ollama-generate")) test(recorded.case, () => check(asChat(recorded)));
});

describe("/v1/chat/completions", () => {
  for (const recorded of ofShape("openai")) test(recorded.case, () => assertRecordedChat(compatible, recorded));
});

describe("/api/embed", () => {
  for (const recorded of ofShape("ollama-embed")) test(recorded.case, () => checkEmbedding(recorded));
});

function check(recorded: RecordedCase): Promise<void> {
  const answer = { ...recorded, request: null };
  return CUT_OFF.has(recorded.case) ? checkCutOff(answer) : assertRecordedChat(ollama, answer, QUESTION);
}

/** Its text arrives, and then the error that it is no whole answer. */
async function checkCutOff(recorded: RecordedCase): Promise<void> {
  const incomplete = { status: 502, code: "upstream_incomplete" };
  await assert.rejects(ollama.chat(recordedCall(recorded, QUESTION)), incomplete);
  const stream = { ...QUESTION, stream: true };
  const chunks = await ollama.chatStream(recordedCall<ChatCompletionRequest>({ ...recorded, stream: true }, stream));
  let content = "";
  const read = async (): Promise<void> => {
    for await (const { choices } of eachChunk(chunks)) content += choices[0]?.delta.content ?? "";
  };
  await assert.rejects(read(), incomplete);
  assert.equal(content, recorded.expect?.content);
}

function asChat(recorded: RecordedCase): RecordedCase {
  const lines = recorded.bytes.toString().trim().split("\n").map(messageLine);
  return { ...recorded, bytes: Buffer.from(lines.join("\n")) };
}

/** Without its `thinking`, which the recordings' own reader passes over here. */
function messageLine(line: string): string {
  const { response: content = "", thinking: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return JSON.stringify({ ...rest, message: { role: "assistant", content } });
}

async function checkEmbedding(recorded: RecordedCase): Promise<void> {
  const { embeddings, model, prompt_eval_count: tokens = 0 } = JSON.parse(recorded.bytes.toString());
  const answer = await ollama.embed(recordedCall<EmbeddingRequest>({ ...recorded, request: null }, { input: "Hello" }));
  assert.deepEqual(answer.value, {
    object: "list",
    model,
    data: embeddings.map((embedding: number[], index: number) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}
