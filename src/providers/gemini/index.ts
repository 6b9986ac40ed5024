import { httpProvider } from "../http-provider.ts";
import type { Provider } from "../provider.ts";
import { embed } from "./embeddings.ts";
import { said } from "./error.ts";
import { models } from "./models.ts";
import { chatRequest, imageUrls, type Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

/** https://ai.google.dev/api */
export const gemini: Provider = httpProvider<Plan>({
  name: "gemini",
  title: "Gemini",
  genAiName: "gcp.gemini",
  aliases: ["google"],
  bareNames: /^(gemini-|models\/)/,
  baseUrl: "https://generativelanguage.googleapis.com",
  env: { key: ["GOOGLE_API_KEY", "GEMINI_API_KEY"], baseUrl: ["GEMINI_BASE_URL"] },

  headers: (key): Record<string, string> => (key === undefined ? {} : { "x-goog-api-key": key }),
  chatRequest,
  completion,
  chunks,
  said,
  embed,
  models,
  imageUrls,
  hasOneAnswer: true,
});
