import assert from "node:assert/strict";
import { test } from "node:test";
import type * as sdk from "@google/genai";
import type * as wire from "./wire.ts";

/** `true` where every `From` may stand for a `To`; else the line that says so does not compile. */
type Fits<From, To> = From extends To ? true : false;
type Known<Ours, Theirs> = Fits<keyof Ours, keyof Theirs>;

/** Our own types held against those that Google publishes; the requests of its SDK have another form, but the same names. */
const CHECKS: {
  answer: Fits<sdk.GenerateContentResponse, wire.GenerateContentResponse>;
  candidate: Known<wire.Candidate, sdk.Candidate>;
  usage: Known<wire.UsageMetadata, sdk.GenerateContentResponseUsageMetadata>;
  logprobs: Known<wire.LogprobsResult, sdk.LogprobsResult>;
  part: Known<wire.Part, sdk.Part>;
  functionCall: Fits<wire.FunctionCall, sdk.FunctionCall>;
  functionResponse: Known<wire.FunctionResponse, sdk.FunctionResponse>;
  declaration: Known<wire.FunctionDeclaration, sdk.FunctionDeclaration>;
  toolConfig: Known<wire.ToolConfig, sdk.ToolConfig>;
  mode: Fits<NonNullable<wire.ToolConfig["functionCallingConfig"]>["mode"], `${sdk.FunctionCallingConfigMode}`>;
  generationConfig: Known<wire.GenerationConfig, sdk.GenerationConfig>;
  thinkingConfig: Known<wire.ThinkingConfig, sdk.ThinkingConfig>;
  thinkingLevel: Fits<NonNullable<wire.ThinkingConfig["thinkingLevel"]>, `${sdk.ThinkingLevel}`>;
} = {
  answer: true,
  candidate: true,
  usage: true,
  logprobs: true,
  part: true,
  functionCall: true,
  functionResponse: true,
  declaration: true,
  toolConfig: true,
  mode: true,
  generationConfig: true,
  thinkingConfig: true,
  thinkingLevel: true,
};

test("the wire types agree with those of Google's own client", () => {
  assert.ok(Object.values(CHECKS).every((agrees) => agrees)); // the compiler has checked them
});
