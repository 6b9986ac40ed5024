import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  Response,
  ResponseCreateParams,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseStreamEvent,
  ResponseUsage,
  Tool,
} from "openai/resources/responses/responses";
import type {
  InputItem,
  OutputItem,
  ResponsesAnswer,
  ResponsesEvent,
  ResponsesRequest,
  ResponsesTool,
  ResponsesUsage,
} from "./wire.ts";

/** True where each value of `Part` is one of `Whole`: checked when this file is compiled. */
type IsPart<Part, Whole> = [Part] extends [Whole] ? true : false;

type EventType = ResponsesEvent["type"];

test("the wire's types are parts of the ones that OpenAI publishes", () => {
  const request: IsPart<ResponsesRequest, ResponseCreateParams> = true;
  const input: IsPart<InputItem, ResponseInputItem> = true;
  const tool: IsPart<ResponsesTool, Tool> = true;
  const events: IsPart<EventType, ResponseStreamEvent["type"]> = true;
  assert.ok(request && input && tool && events);
});

test("OpenAI's published answers can be read", () => {
  const usage: IsPart<ResponseUsage, ResponsesUsage> = true;
  const items: IsPart<OutputItem["type"], ResponseOutputItem["type"]> = true;
  const answer: IsPart<Pick<Response, "id" | "created_at" | "model" | "error">, Omit<ResponsesAnswer, "output">> = true;
  assert.ok(usage && items && answer);
});
