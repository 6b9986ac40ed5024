import { openaiCompatible } from "../../../src/providers/openai-compatible/index.ts";
import type { Provider } from "../../../src/providers/provider.ts";

/** A service that does not exist: the one file that a service which speaks OpenAI's wire takes. */
export const acme: Provider = openaiCompatible({
  name: "acme",
  title: "Acme",
  aliases: ["roadrunner"],
  bareNames: /^anvil-/,
  env: { key: ["ACME_API_KEY"], baseUrl: ["ACME_BASE_URL"] },
  baseUrl: "https://api.acme.example/v1",
  // Acme calls it by its old name.
  edit: ({ max_completion_tokens, max_tokens }) => ({
    max_completion_tokens: undefined,
    max_tokens: max_completion_tokens ?? max_tokens,
  }),
});
