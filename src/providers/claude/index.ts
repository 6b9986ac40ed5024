import { httpProvider, type Wire } from "../http-provider.ts";
import type { Provider } from "../provider.ts";
import { capabilities } from "./capabilities.ts";
import { imageUrls } from "./content.ts";
import { said } from "./error.ts";
import { models } from "./models.ts";
import { chatRequest, type Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks, collect } from "./stream.ts";

const wire: Wire<Plan> = {
  name: "claude",
  title: "Anthropic",
  genAiName: "anthropic",
  aliases: ["anthropic"],
  bareNames: /^claude-/,
  env: { key: ["ANTHROPIC_API_KEY"], baseUrl: ["ANTHROPIC_BASE_URL"] },
  baseUrl: "https://api.anthropic.com",
  headers,
  chatRequest,
  completion,
  chunks,
  collect,
  said,
  models,
  imageUrls: ({ messages }) => imageUrls(messages),
  hasOneAnswer: true,
  // What other vendors' models behind this wire do is not known.
  prefill: (model) => (/claude/i.test(model) && capabilities(model).hasPrefill ? "continue" : undefined),
};

/** https://platform.claude.com/docs/en/api/overview */
export const claude: Provider = httpProvider(wire);

function headers(key: string | undefined): Readonly<Record<string, string>> {
  return { "anthropic-version": "2023-06-01", ...(key !== undefined && keyHeader(key)) };
}

/** What signing in gives is a token, not a key. */
function keyHeader(key: string): Readonly<Record<string, string>> {
  return key.startsWith("sk-ant-oat") ? { authorization: `Bearer ${key}` } : { "x-api-key": key };
}
