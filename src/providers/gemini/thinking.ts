import type { ChatCompletionRequest } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import { say } from "../../messages/say.ts";
import type { Thinking } from "./models.ts";
import type { ThinkingConfig } from "./wire.ts";

type Level = NonNullable<ThinkingConfig["thinkingLevel"]>;

/** Tokens for each effort, as Google's own OpenAI-compatible layer has them. Source: https://ai.google.dev/gemini-api/docs/openai */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576 };
const LEVELS: Readonly<Record<string, Level>> = {
  none: "MINIMAL",
  minimal: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
};
/** Efforts above `high`: the model has nothing more to give. */
const BEYOND = ["xhigh", "max"];

/**
 * How long the model is to think: `reasoning_effort`, or a budget in tokens by Anthropic's field, `thinking`. Where it
 * is to think, it also says what it thought.
 */
export function thinkingConfig(
  { reasoning_effort, thinking }: ChatCompletionRequest,
  can: Thinking,
  receipt: Receipt,
): { readonly thinkingConfig?: ThinkingConfig } {
  const budget = budgetOf(thinking);
  if (reasoning_effort == null && budget === undefined) return {};
  const field = reasoning_effort == null ? "thinking" : "reasoning_effort";
  if (can.by === "none") {
    receipt.note("dropped", field);
    return {};
  }
  const effort = reasoning_effort == null ? effortOf(budget ?? 0) : knownEffort(reasoning_effort, receipt);
  const tokens = reasoning_effort == null ? (budget ?? 0) : (BUDGETS[effort] ?? 0);
  return {
    thinkingConfig: can.by === "budget" ? byBudget(tokens, can, field, receipt) : byLevel(effort, can, field, receipt),
  };
}

/** Anthropic's `{type: "enabled", budget_tokens}`; `{type: "disabled"}` is a budget of nothing. */
function budgetOf(thinking: unknown): number | undefined {
  const { type, budget_tokens } = Object(thinking) as { type?: unknown; budget_tokens?: unknown };
  if (type === "disabled") return 0;
  return typeof budget_tokens === "number" && budget_tokens >= 0 ? Math.round(budget_tokens) : undefined;
}

function effortOf(budget: number): string {
  if (budget === 0) return "none";
  return budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high";
}

function knownEffort(effort: string, receipt: Receipt): string {
  if (Object.hasOwn(LEVELS, effort)) return effort;
  if (BEYOND.includes(effort)) {
    receipt.note("clamped", "reasoning_effort");
    return "high";
  }
  const supported = [...Object.keys(LEVELS), ...BEYOND];
  throw invalidRequest(
    say.wrongValue("reasoning_effort", effort.slice(0, 100), supported),
    "reasoning_effort",
    "invalid_value",
  );
}

function byBudget(
  tokens: number,
  { min, max, canBeOff }: Extract<Thinking, { by: "budget" }>,
  field: string,
  receipt: Receipt,
): ThinkingConfig {
  if (tokens === 0 && canBeOff) return { thinkingBudget: 0 };
  const thinkingBudget = Math.min(Math.max(tokens, min), max);
  if (thinkingBudget !== tokens) receipt.note("clamped", field);
  return { thinkingBudget, includeThoughts: true };
}

function byLevel(
  effort: string,
  { hasMinimal }: Extract<Thinking, { by: "level" }>,
  field: string,
  receipt: Receipt,
): ThinkingConfig {
  const wanted = LEVELS[effort] ?? "HIGH";
  const thinkingLevel = wanted === "MINIMAL" && !hasMinimal ? "LOW" : wanted;
  // Thinking cannot be switched off in these models.
  if (effort === "none" || thinkingLevel !== wanted) receipt.note("clamped", field);
  return { thinkingLevel, ...(effort !== "none" && { includeThoughts: true }) };
}
