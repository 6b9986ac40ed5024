import type { Effort } from "./wire.ts";

/** What a model takes, as far as models differ. */
export interface Capabilities {
  /** The longest answer. */
  readonly maxTokens: number;
  /** Whether `maxTokens` is known, so that a larger wish has to be clamped to it. */
  readonly isMaxKnown: boolean;
  /** How thinking is asked for: by a budget of tokens, or by `effort` alone. */
  readonly thinking: "none" | "budget" | "adaptive";
  readonly efforts: readonly Effort[];
  readonly canStopThinking: boolean;
  /** Whether it takes `temperature`, `top_p` and `top_k`; `one` takes either of the first two. */
  readonly sampling: "none" | "one" | "all";
  /** Whether a JSON schema can bind the answer, and a tool's `strict` its arguments. */
  readonly hasJsonSchema: boolean;
  /** Whether a call can be forced by `tool_choice`. */
  readonly canForceTools: boolean;
  /** Whether a last assistant message is continued. */
  readonly hasPrefill: boolean;
}

/** What a model is taken for that is newer than this table. */
const NEWEST: Capabilities = {
  maxTokens: 64_000,
  isMaxKnown: false,
  thinking: "adaptive",
  efforts: ["low", "medium", "high", "xhigh", "max"],
  canStopThinking: true,
  sampling: "none",
  hasJsonSchema: true,
  canForceTools: true,
  hasPrefill: false,
};

/** Claude 4.0, as the generations around it resemble it. */
const FOURTH: Capabilities = {
  maxTokens: 64_000,
  isMaxKnown: true,
  thinking: "budget",
  efforts: [],
  canStopThinking: true,
  sampling: "all",
  hasJsonSchema: false,
  canForceTools: true,
  hasPrefill: true,
};

/**
 * The first pattern that fits counts.
 * Source: https://platform.claude.com/docs/en/about-claude/models/overview and the pages of each feature.
 */
const FAMILIES: readonly (readonly [RegExp, Capabilities])[] = [
  [/fable|mythos/, { ...NEWEST, maxTokens: 128_000, canForceTools: false, canStopThinking: false }],
  [/(opus|sonnet)-5|opus-4-[78]/, { ...NEWEST, maxTokens: 128_000, isMaxKnown: true }],
  [
    /-4-6/,
    { ...NEWEST, maxTokens: 128_000, isMaxKnown: true, efforts: ["low", "medium", "high", "max"], sampling: "one" },
  ],
  [/opus-4-5/, { ...FOURTH, efforts: ["low", "medium", "high"], sampling: "one", hasJsonSchema: true }],
  [/(sonnet|haiku)-4-5/, { ...FOURTH, sampling: "one", hasJsonSchema: true }],
  [/opus-4-1/, { ...FOURTH, maxTokens: 32_000, sampling: "one", hasJsonSchema: true }],
  [/opus-4(-0|[-@]\d{8}|$)/, { ...FOURTH, maxTokens: 32_000 }],
  [/sonnet-4(-0|[-@]\d{8}|$)|claude-3-7/, FOURTH],
  [/claude-3-5/, { ...FOURTH, maxTokens: 8192, thinking: "none" }],
  [/claude-(instant|2|3)(-|$)/, { ...FOURTH, maxTokens: 4096, thinking: "none" }],
  [/claude/, NEWEST],
];

/** Other vendors' models behind this wire. */
const FOREIGN: Capabilities = { ...FOURTH, maxTokens: 32_000, isMaxKnown: false };

/** @param model as Anthropic names it; `claude-sonnet-4.5` is understood, too. */
export function capabilities(model: string): Capabilities {
  const name = model.toLowerCase().replaceAll(".", "-");
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? FOREIGN;
}
