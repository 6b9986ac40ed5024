import type { ChatCompletionRequest } from "../../src/api/chat.ts";
import { withFields } from "../../src/api/fields.ts";
import { Json } from "../../src/api/json.ts";
import { outlineOf } from "../../src/api/outline.ts";
import { createReceipt } from "../../src/api/receipt.ts";
import { chatRequest as claudeRequest } from "../../src/providers/claude/request.ts";
import { chunks as claudeChunks } from "../../src/providers/claude/stream.ts";
import { chatRequest as geminiRequest } from "../../src/providers/gemini/request.ts";
import { chunks as geminiChunks } from "../../src/providers/gemini/stream.ts";
import { chunks as openaiChunks } from "../../src/providers/openai-compatible/stream.ts";
import type { AnswerContext, RequestContext } from "../../src/providers/http-provider.ts";
import type { ChatStream } from "../../src/providers/provider.ts";
import { chatRequest } from "../../src/server/chat-request.ts";
import type { JsonObject } from "../../src/server/read.ts";
import { decoded } from "../../src/upstream/decoder.ts";
import { Flow, forEach } from "../../src/upstream/flow.ts";
import { createEventDecoder } from "../../src/upstream/sse.ts";
import { completionChunks, done, generateEvents, messageEvents } from "../answers.ts";
import { CASES } from "../cases.ts";
import type { Codec } from "./ratio.ts";

const CLAUDE = "claude-3-5-haiku-20241022";
const GEMINI = "gemini-2.5-flash";
const short = bodyOf("chat");
const long = bodyOf("large");
const openaiEvents = [...completionChunks, done];

/** What stands on the path of nearly every call. */
export const CODECS: readonly Codec[] = [
  onJson("the model's name in a short chat", short, () => withFields(short, { model: "gpt-4o-mini" })),
  onJson("the model's name in a chat of 256 KB", long, () => withFields(long, { model: "gpt-4o-mini" })),
  onJson("the outline of a chat of 256 KB", long, () => outlineOf(long)),
  onJson("the check of a short chat", short, () => chatRequest(Json.fromBytes<JsonObject>(short))),
  onJson("the check of a chat of 256 KB", long, () => chatRequest(Json.fromBytes<JsonObject>(long))),
  onJson("a short chat for Claude", short, () => translation(short, CLAUDE, claudeRequest)),
  onJson("a chat of 256 KB for Claude", long, () => translation(long, CLAUDE, claudeRequest)),
  onJson("a short chat for Gemini", short, () => translation(short, GEMINI, geminiRequest)),
  onEvents("the events of a stream", openaiEvents, async () => {
    for await (const _ of decoded(reads(openaiEvents), createEventDecoder()));
  }),
  onEvents("OpenAI's chunks", openaiEvents, () => {
    const options = { title: "OpenAI", withUsage: false, failure, onSkipped: () => undefined };
    return written(openaiChunks(reads(openaiEvents), options));
  }),
  onEvents("Claude's chunks", messageEvents, () =>
    written(claudeChunks(reads(messageEvents), answerContext({ isAnswerTool: false }))),
  ),
  onEvents("Gemini's chunks", generateEvents, () => {
    const names = { vendor: same, client: same, changed: false };
    return written(geminiChunks(reads(generateEvents), answerContext({ names, oneCall: false })));
  }),
];

function bodyOf(name: string): Buffer {
  const body = CASES.find((one) => one.name === name)?.body;
  return Buffer.from(JSON.stringify({ model: "openai/gpt-4o-mini", ...body }));
}

function onJson(name: string, json: Buffer, work: () => unknown): Codec {
  return { name, work, reference: () => JSON.parse(json.toString()) as unknown };
}

/** The reference decodes the bytes and parses each event's data. */
function onEvents(name: string, events: readonly Buffer[], work: () => Promise<void>): Codec {
  const data = events
    .map((event) => event.subarray(event.indexOf("data: ") + "data: ".length))
    .filter((json) => json[0] === "{".charCodeAt(0));
  return {
    name,
    work,
    reference: () => {
      for (const json of data) JSON.parse(json.toString());
    },
  };
}

function translation(
  body: Buffer,
  model: string,
  request: (body: ChatCompletionRequest, context: RequestContext) => { readonly body: object },
): string {
  const context: RequestContext = {
    model,
    stream: true,
    receipt: createReceipt(false),
    toolState: new Map(),
    images: new Map(),
    options: {},
  };
  return JSON.stringify(request(JSON.parse(body.toString()) as ChatCompletionRequest, context).body);
}

function answerContext<Plan>(plan: Plan): AnswerContext<Plan> {
  return {
    model: "gpt-4o-mini",
    plan,
    withUsage: false,
    keep: () => undefined,
    failure,
    onSkipped: () => undefined,
  };
}

/** Each event in a read of its own, as a model that is thinking sends them. */
function reads(events: readonly Buffer[]): Flow<Buffer> {
  return new Flow(async (each) => {
    for (const event of events) await each(event);
  });
}

/** As the server writes them. */
async function written(chunks: ChatStream): Promise<void> {
  let length = 0;
  await forEach(chunks, (batch) => {
    for (const { text } of batch) length += text.length;
  });
  if (length === 0) throw new TypeError("There were no chunks.");
}

function failure(status: number, body: string): never {
  throw new TypeError(`The stream failed with ${status}: ${body}`);
}

function same(name: string): string {
  return name;
}
