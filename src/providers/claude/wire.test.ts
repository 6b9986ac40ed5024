import { test } from "node:test";
import type Anthropic from "@anthropic-ai/sdk";
import type {
  BlockParam,
  ContentBlock,
  Message,
  MessagesRequest,
  StreamEvent,
  ToolChoice,
  ToolParam,
  Turn,
  Usage,
} from "./wire.ts";

/** The same type without `readonly`, which the vendor's types do not say. */
type Plain<T> = T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;

/** Compiles where `Narrow` is assignable to `Wide`. */
type Fits<Narrow extends Wide, Wide> = Narrow;

/** The vendor's newest types have no room for the sampling fields that its older models take. */
type NewRequest = Omit<MessagesRequest, "temperature" | "top_p" | "top_k">;

/** What we send is what Anthropic's own client would send. */
export type Sent = [
  Fits<Plain<NewRequest>, Anthropic.MessageCreateParams>,
  Fits<Plain<Turn>, Anthropic.MessageParam>,
  Fits<Plain<BlockParam>, Anthropic.ContentBlockParam>,
  Fits<Plain<ToolParam>, Anthropic.Tool>,
  Fits<Plain<ToolChoice>, Anthropic.ToolChoice>,
];

type Known<T extends { type: string }, Type extends string> = Extract<T, { type: Type }>;

/** What Anthropic's own client reads, we can read. */
export type Read = [
  Fits<Known<Anthropic.ContentBlock, ContentBlock["type"]>, ContentBlock>,
  Fits<Omit<Anthropic.Message, "content">, Omit<Message, "content">>,
  Fits<Anthropic.Usage, Usage>,
  Fits<Anthropic.MessageDeltaUsage, Usage>,
  Fits<Anthropic.RawMessageStreamEvent["type"], StreamEvent["type"]>,
  Fits<Anthropic.RawMessageDeltaEvent, StreamEvent>,
];

test("the wire's types fit those of Anthropic's own client", () => {}); // by the compiler
