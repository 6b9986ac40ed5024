import { test } from "node:test";
import type * as sdk from "ollama";
import type { ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, TagsResponse } from "./wire.ts";

/** The vendor's types have no `readonly`. */
type Writable<T> = T extends readonly (infer E)[]
  ? Writable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;

/** Times are strings on the wire. */
type OnTheWire<T> = T extends Date ? string : T extends object ? { [K in keyof T]: OnTheWire<T[K]> } : T;

/** Does not compile where the first is not assignable to the second. */
type Agrees<Given extends Taken, Taken> = [Given, Taken];

/** What we send is what the vendor's own client would, and what that reads is what we read. */
export type Agreements = [
  Agrees<Writable<Omit<ChatRequest, "options">>, Omit<sdk.ChatRequest, "options">>,
  Agrees<Writable<EmbedRequest>, Omit<sdk.EmbedRequest, "options">>,
  Agrees<OnTheWire<Omit<sdk.ChatResponse, "message" | "logprobs">>, Omit<ChatResponse, "message" | "logprobs">>,
  Agrees<sdk.Message["content"], NonNullable<ChatResponse["message"]["content"]>>,
  Agrees<sdk.EmbedResponse, EmbedResponse>,
  Agrees<OnTheWire<Pick<sdk.ListResponse, "models">>, TagsResponse>,
];

test("our types agree with those of the vendor's own client: this file compiles", () => {});
