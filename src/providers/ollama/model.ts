import { ApiError } from "../../api/error.ts";
import type { Post } from "../http-provider.ts";
import type { ShowResponse } from "./wire.ts";

/** What the server knows of a model. */
export interface ModelFacts {
  /** Whether it can do this: `tools`, `vision`, `thinking`; undefined where the server does not say. */
  can(capability: string): boolean | undefined;
  /** What it was trained for; undefined where the server does not say. */
  readonly contextTokens: number | undefined;
  /** What its Modelfile sets as its context. */
  readonly usualContextTokens: number;
  /** The text that its Modelfile puts before each conversation. */
  readonly system: string;
  /**
   * A context of so many tokens, or the larger one of a call before: with each other size the server loads the model
   * anew, so that long and short prompts in turn would cost a load each.
   */
  settle(contextTokens: number): number;
}

/** @throws ApiError when the server cannot be reached, refuses the key, or has no such model. */
export async function describe(post: Post, model: string): Promise<ModelFacts> {
  const shown = await post("/api/show", { model }).catch((thrown: unknown) => {
    if (thrown instanceof ApiError && canDoWithout(thrown)) return {};
    throw thrown;
  });
  return modelFacts(Object(shown) as ShowResponse);
}

/** Servers that only stand for Ollama may know nothing of `/api/show`. */
function canDoWithout({ status, code }: ApiError): boolean {
  if (code === "upstream_unreadable") return true;
  return (status === 400 || status === 403 || status === 404) && code !== "model_not_found";
}

export function modelFacts({ capabilities, model_info, parameters, system }: ShowResponse): ModelFacts {
  let largest = 0;
  return {
    can: (capability) => (Array.isArray(capabilities) ? capabilities.includes(capability) : undefined),
    contextTokens: trainedContext(model_info),
    usualContextTokens: Number(/^num_ctx\s+(\d+)/m.exec(String(parameters))?.[1] ?? 0),
    system: typeof system === "string" ? system : "",
    settle: (contextTokens) => (largest = Math.max(largest, contextTokens)),
  };
}

function trainedContext(info: ShowResponse["model_info"]): number | undefined {
  const architecture = info?.["general.architecture"];
  const length = info?.[`${String(architecture)}.context_length`];
  return typeof length === "number" && length > 0 ? length : undefined;
}
