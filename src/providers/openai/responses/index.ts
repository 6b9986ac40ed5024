import type { Wire } from "../../http-provider.ts";
import { said } from "../../openai-compatible/error.ts";
import type { ProviderFacts } from "../../provider.ts";
import { chatRequest } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

/** OpenAI's newer API, for chat completions that the older one refuses. */
export function responsesWire(facts: ProviderFacts): Wire<null> {
  return {
    ...facts,
    headers: (key) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
    hasOneAnswer: true,
    chatRequest,
    completion,
    chunks,
    said,
  };
}
