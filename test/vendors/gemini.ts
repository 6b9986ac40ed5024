import type { SeenCall } from "../fakes/openai.ts";
import type { AnswerPart, Content, GenerateContentRequest, Part } from "../../src/providers/gemini/wire.ts";
import { type Heard, type Refusal, type Said, USAGE } from "./fake-model.ts";
import { newId, pieces, sealed, sse, unsealed, type Vendor } from "./vendor.ts";

/** A model that refuses a function call without its thought signature. Source: https://ai.google.dev/api */
export const gemini: Vendor = {
  model: "gemini/gemini-3-pro-preview",
  showsThoughts: true,
  hasImages: true,
  hasJsonSchema: true,
  refused: { modalities: ["text", "audio"] },
  thoughtInRequest: sealed,
  environment: (origin) => ({ GOOGLE_API_KEY: "AIzaFake", GEMINI_BASE_URL: origin }),
  hear,
  whole: (said, call) => response(parts(said, call), "STOP"),
  stream,
  isStream: ({ path }) => path.includes(":streamGenerateContent"),
  streamType: "text/event-stream",
  refusal,
};

function hear({ text }: SeenCall): Heard {
  const { contents, tools = [], toolConfig, generationConfig } = JSON.parse(text) as GenerateContentRequest;
  const asked = contents.findLastIndex(({ role, parts }) => role === "user" && !parts.some(isResult));
  const question = contents[asked]?.parts ?? [];
  const { mode, allowedFunctionNames } = toolConfig?.functionCallingConfig ?? {};
  const names = tools.flatMap(({ functionDeclarations }) => (functionDeclarations ?? []).map(({ name }) => name));
  return {
    text: question.map((part) => part.text ?? "").join(""),
    images: question.flatMap(({ inlineData }) => inlineData?.data ?? []),
    tools: mode === "NONE" ? [] : names,
    forcedTool: mode === "ANY" ? (allowedFunctionNames ?? names)[0] : undefined,
    wantsJson: generationConfig?.responseMimeType === "application/json",
    steps: contents.slice(asked).flatMap(step),
    wantsThoughts: true,
  };
}

function isResult({ functionResponse }: Part): boolean {
  return functionResponse !== undefined;
}

/** The first call of each turn bears the signature. */
function step({ role, parts }: Content): Heard["steps"] {
  const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
  if (role !== "model" || calls.length === 0) return [];
  const called = calls.flatMap(({ functionCall }) => functionCall?.name ?? []);
  return [{ thought: unsealed(calls[0]?.thoughtSignature), called }];
}

/** The thoughts themselves come only where they are asked for. */
function parts({ thought, text, calls }: Said, { text: request }: SeenCall): readonly AnswerPart[] {
  const { generationConfig } = JSON.parse(request) as GenerateContentRequest;
  const showsThoughts = generationConfig?.thinkingConfig?.includeThoughts === true;
  return [
    ...(showsThoughts ? [{ text: thought, thought: true }] : []),
    ...pieces(text).map((piece) => ({ text: piece })),
    ...calls.map(({ name, arguments: args }, index) => ({
      functionCall: { name, args },
      ...(index === 0 && { thoughtSignature: sealed(thought) }),
    })),
  ];
}

function response(all: readonly AnswerPart[], finishReason?: string): object {
  const usageMetadata = {
    promptTokenCount: USAGE.prompt,
    candidatesTokenCount: USAGE.completion,
    totalTokenCount: USAGE.total,
  };
  return {
    candidates: [{ content: { role: "model", parts: all }, index: 0, ...(finishReason && { finishReason }) }],
    usageMetadata,
    modelVersion: "gemini-3-pro-preview",
    responseId: newId(""),
  };
}

/** A part an event, and the reason in a last one without words. */
function stream(said: Said, call: SeenCall): readonly string[] {
  const events = parts(said, call).map((part) => response([part]));
  return [...events, response([{ text: "" }], "STOP")].map((event) => sse(event).replaceAll("\n", "\r\n"));
}

const STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
};

/** A wrong key is a 400, told from others by its details. */
function refusal({ status: asked, message: text }: Refusal): ReturnType<Vendor["refusal"]> {
  const status = asked === 401 ? 400 : asked;
  const message = asked === 404 ? "models/gemini-3-pro is not found for API version v1beta" : text;
  const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" };
  const details = asked === 401 ? [info] : [];
  return { status, body: { error: { code: status, message, status: STATUSES[status] ?? "INTERNAL", details } } };
}
