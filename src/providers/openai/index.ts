import type { ChatCompletionRequest } from "../../api/chat.ts";
import { httpProvider } from "../http-provider.ts";
import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Call, Provider, ProviderFacts } from "../provider.ts";
import { needsResponses } from "./capabilities.ts";
import { edit } from "./request.ts";
import { responsesWire } from "./responses/index.ts";

const facts: ProviderFacts = {
  name: "openai",
  title: "OpenAI",
  bareNames: /^(gpt-|o\d|chatgpt-|text-embedding-)/,
  env: { key: ["OPENAI_API_KEY"], baseUrl: ["OPENAI_BASE_URL"] },
  baseUrl: "https://api.openai.com/v1",
};

const completions = openaiCompatible({ ...facts, edit, editsByShape: true });
const responses = httpProvider(responsesWire(facts));

/** https://platform.openai.com/docs/api-reference: chat completions, and the Responses API for what those refuse. */
export const openai: Provider = {
  ...completions,
  chat: (call) => roadOf(call).chat(call),
  chatStream: (call) => roadOf(call).chatStream(call),
};

function roadOf({ body, model }: Call<ChatCompletionRequest>): Provider {
  return needsResponses(body.outline, model) ? responses : completions;
}
