import { EVERY_LANGUAGE } from "../../messages/language.ts";
import { openaiCompatible } from "../openai-compatible/index.ts";
import type { Provider } from "../provider.ts";
import { remoteStore } from "./store.ts";

/** Whatever it serves, a server elsewhere speaks OpenAI's wire: https://docs.vllm.ai, https://huggingface.co/docs/text-generation-inference … */
const server = openaiCompatible({
  name: "huggingface",
  title: "Hugging Face",
  aliases: ["hf"],
  bareNames: /^(local|sentence-transformers)\//,
  env: { key: ["HUGGINGFACE_API_KEY"], baseUrl: ["HUGGINGFACE_BASE_URL"] },
  baseUrl: "http://localhost/v1",
  keyOptional: true,
  // What may be dropped, only the engine knows: its receipt comes back with the answer.
  callHeaders: ({ receipt }) => ({
    "accept-language": EVERY_LANGUAGE,
    ...(receipt.mayDrop ? { "x-omniport-drop-params": "true" } : {}),
  }),
  hasReranking: "or-tei",
});

/**
 * Models from the Hugging Face hub. They run in the engine process of this program, whose private socket is the
 * connection's upstream; or on another server that speaks OpenAI's wire, where HUGGINGFACE_BASE_URL names one.
 */
export const huggingface: Provider = {
  ...server,
  store: remoteStore(server.title),

  /** Another Omniport lists its models with the prefix, which ours get here, too: once is enough. */
  async models(connection, signal) {
    const models = (await server.models?.(connection, signal)) ?? [];
    return models.map((model) => ({ ...model, id: model.id.replace(/^huggingface\//, "") }));
  },
};
