/*
 * What the mock upstream answers, in OpenAI's, Anthropic's and Google's wire: made once, as bytes.
 */
import { STREAM_CHUNKS } from "./cases.ts";

const WORDS =
  "The quick brown fox jumps over the lazy dog while seventy curious engineers measure every microsecond of the proxy."
    .split(" ")
    .map((word) => `${word} `);
const text = WORDS.join("").repeat(6);
const pieces = Array.from({ length: STREAM_CHUNKS }, (_, index) => WORDS[index % WORDS.length] ?? "");

const head = {
  id: "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
  created: 1741570283,
  model: "gpt-4o-mini-2024-07-18",
  service_tier: "default",
  system_fingerprint: "fp_fc9f1d7035",
};
const usage = {
  prompt_tokens: 19,
  completion_tokens: 142,
  total_tokens: 161,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0 },
};

export const completion: Buffer = json({
  ...head,
  object: "chat.completion",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: text, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage,
});
const messageValue = {
  id: "msg_01XFDUDYJgAACzvnptvVoYEL",
  type: "message",
  role: "assistant",
  model: "claude-3-5-haiku-20241022",
  content: [{ type: "text", text }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 19, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 142 },
};
export const message: Buffer = json(messageValue);
export const embedding: Buffer = json({
  object: "list",
  data: [
    {
      object: "embedding",
      index: 0,
      embedding: Array.from({ length: 1536 }, (_, i) => Math.fround(Math.sin(i * 0.37) * 0.05)),
    },
  ],
  model: "text-embedding-3-small",
  usage: { prompt_tokens: 8, total_tokens: 8 },
});

const chunk = (delta: object, finish_reason: string | null): Buffer =>
  event({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
export const completionChunks: readonly Buffer[] = [
  chunk({ role: "assistant", content: "", refusal: null }, null),
  ...pieces.map((content) => chunk({ content }, null)),
  chunk({}, "stop"),
];
/** OpenAI's last chunk, for those who ask for it. */
export const usageChunk: Buffer = event({ ...head, object: "chat.completion.chunk", choices: [], usage });
export const done: Buffer = Buffer.from("data: [DONE]\n\n");

export const messageEvents: readonly Buffer[] = [
  {
    type: "message_start",
    message: { ...messageValue, content: [], stop_reason: null, usage: { ...messageValue.usage, output_tokens: 1 } },
  },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "ping" },
  ...pieces.map((piece) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: piece } })),
  { type: "content_block_stop", index: 0 },
  {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: STREAM_CHUNKS },
  },
  { type: "message_stop" },
].map((value) => event(value, value.type));

/** Gemini's stream. */
export const generateEvents: readonly Buffer[] = pieces.map((piece, index) =>
  event({
    candidates: [
      {
        content: { parts: [{ text: piece }], role: "model" },
        index: 0,
        ...(index === STREAM_CHUNKS - 1 && { finishReason: "STOP" }),
      },
    ],
    usageMetadata: { promptTokenCount: 19, candidatesTokenCount: index + 1, totalTokenCount: index + 20 },
    modelVersion: "gemini-2.5-flash",
    responseId: "mAitaLmkHPPlz7IPvtfUqQ4",
  }),
);

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function event(value: unknown, name?: string): Buffer {
  return Buffer.from(`${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(value)}\n\n`);
}
