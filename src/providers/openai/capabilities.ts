import type { ChatCompletionRequest } from "../../api/chat.ts";

/** What a model takes on chat completions, as far as models differ. */
export interface Capabilities {
  /** Models that reason take `max_completion_tokens` instead of `max_tokens`, and `developer` instead of `system`. */
  readonly reasons: boolean;
  /** What is taken for `reasoning_effort` where it is left out. */
  readonly defaultEffort: "none" | "medium";
  /** Efforts that the model refuses, each with the nearest that it takes. */
  readonly clampedEfforts: Readonly<Record<string, string>>;
  /** Whether it takes `temperature` and its like at other values than the default. */
  readonly sampling: "always" | "without effort" | "never";
  readonly hasStop: boolean;
  /** Whether it takes tools. */
  readonly tools: "always" | "unless effort is set" | "if effort is none" | "never";
  /** The role of instructions, where only one is taken. */
  readonly instructions?: "developer" | "user";
}

const PLAIN: Capabilities = {
  reasons: false,
  defaultEffort: "none",
  clampedEfforts: {},
  sampling: "always",
  hasStop: true,
  tools: "always",
};

/** What a model is taken for that is newer than this table: the Responses API takes whatever it has. */
const NEWEST: Capabilities = {
  reasons: true,
  defaultEffort: "medium",
  clampedEfforts: { minimal: "low" },
  sampling: "without effort",
  hasStop: false,
  tools: "if effort is none",
  instructions: "developer",
};

const O_SERIES: Capabilities = {
  ...NEWEST,
  clampedEfforts: { none: "low", minimal: "low", xhigh: "high", max: "high" },
  sampling: "never",
  tools: "always",
};

/**
 * The first pattern that fits counts. What fits none is an older model, or another server's.
 * Source: https://platform.openai.com/docs/models, and the answers of the models themselves.
 */
const FAMILIES: readonly (readonly [RegExp, Capabilities])[] = [
  // On the Responses API only.
  [/codex|-pro(-|$)|deep-research/, { ...NEWEST, clampedEfforts: {}, tools: "never" }],
  [/^gpt-\d.*-chat/, PLAIN],
  [/^o1-(mini|preview)/, { ...O_SERIES, hasStop: true, instructions: "user" }],
  [/^o1/, { ...O_SERIES, hasStop: true }],
  [/^o\d/, O_SERIES],
  [/^gpt-5(-|$)/, { ...NEWEST, clampedEfforts: { none: "minimal" }, sampling: "never", tools: "always" }],
  [/^gpt-5\.[1-3](-|$)/, { ...NEWEST, defaultEffort: "none", tools: "always" }],
  [/^gpt-5\.4(-|$)/, { ...NEWEST, defaultEffort: "none", tools: "unless effort is set" }],
  [/^gpt-([5-9]|\d\d)/, NEWEST],
];

/** @param model as OpenAI names it, fine-tuned ones (`ft:gpt-4o:…`) too. */
export function capabilities(model: string): Capabilities {
  const name = model.toLowerCase().replace(/^ft:/, "");
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? PLAIN;
}

/** The effort that the model will make, as far as is known. */
export function effectiveEffort({ reasoning_effort }: ChatCompletionRequest, model: Capabilities): string {
  const effort = reasoning_effort ?? model.defaultEffort;
  return model.clampedEfforts[effort] ?? effort;
}

/**
 * Whether the call has to go to the Responses API: chat completions refuse tools on newer models that reason, with
 * «Function tools with reasoning_effort are not supported […] use /v1/responses».
 */
export function needsResponses(body: ChatCompletionRequest, model: string): boolean {
  const { tools } = capabilities(model);
  if (tools === "always") return false;
  if (tools === "never") return true;
  if ((body.tools ?? []).length === 0) return false;
  const { reasoning_effort: effort } = body;
  return tools === "unless effort is set" ? effort != null && effort !== "none" : effort !== "none";
}
