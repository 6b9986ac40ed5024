import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Provider } from "../provider.ts";

/**
 * Models from the Hugging Face hub. They run in the engine process of this program, whose private socket is the
 * connection's upstream; or on another server that speaks OpenAI's wire, where HUGGINGFACE_BASE_URL names one.
 */
export const huggingface: Provider = openaiCompatible({
  name: "huggingface",
  title: "Hugging Face",
  aliases: ["hf"],
  bareNames: /^(local|sentence-transformers)\//,
  env: { key: ["HUGGINGFACE_API_KEY"], baseUrl: ["HUGGINGFACE_BASE_URL"] },
  baseUrl: "http://localhost/v1",
  keyOptional: true,
});
