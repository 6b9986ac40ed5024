import type { ChatCompletionRequest } from "../../api/chat.ts";
import { invalidRequest } from "../../api/error.ts";
import type { Receipt } from "../../api/receipt.ts";
import { say } from "../../messages/say.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Effort, Thinking, Turn } from "./wire.ts";

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
type ReasoningEffort = (typeof EFFORTS)[number];
type Wanted = Exclude<ReasoningEffort, "none">;

/** Tokens to think with, on models that are told a budget. */
const BUDGETS: Readonly<Record<Wanted, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
};
/** The vendor refuses smaller ones. */
const MIN_BUDGET = 1024;

/** Best first, for models that lack some. */
const LEVELS: Readonly<Record<Wanted, readonly Effort[]>> = {
  minimal: ["low"],
  low: ["low"],
  medium: ["medium"],
  high: ["high"],
  xhigh: ["xhigh", "max", "high"],
  max: ["max", "high"],
};

interface ThinkingFields {
  readonly max_tokens: number;
  readonly thinking?: Thinking;
  readonly effort?: Effort;
}

/**
 * How much the model shall think, and how long its answer may be: a budget counts towards it.
 *
 * @param isForced whether a call is forced, which thinking by a budget does not allow.
 * Source: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingFields(
  body: ChatCompletionRequest,
  turns: readonly Turn[],
  model: Capabilities,
  isForced: boolean,
  receipt: Receipt,
): ThinkingFields {
  const max_tokens = maxTokens(body, model, receipt);
  const effort = reasoningEffort(body);
  if (body["thinking"] != null) {
    const thinking = explicit(body["thinking"] as Thinking, model, isForced, receipt);
    return { max_tokens, ...thinking, ...(effort && effort !== "none" && level(effort, model, receipt)) };
  }
  if (effort === undefined) return { max_tokens };
  if (effort === "none") return { max_tokens, ...noThinking(model, receipt) };
  switch (model.thinking) {
    case "adaptive":
      return { max_tokens, thinking: adaptive(model), ...level(effort, model, receipt) };
    case "budget":
      return budget(effort, max_tokens, turns, model, isForced, receipt);
    case "none":
      receipt.note("dropped", "reasoning_effort");
      return { max_tokens };
    default:
      return model.thinking satisfies never;
  }
}

function reasoningEffort({ reasoning_effort }: ChatCompletionRequest): ReasoningEffort | undefined {
  if (reasoning_effort == null) return undefined;
  const known = EFFORTS.find((effort) => effort === reasoning_effort);
  if (known) return known;
  const message = say.wrongValue("reasoning_effort", reasoning_effort.slice(0, 100), EFFORTS);
  throw invalidRequest(message, "reasoning_effort", "invalid_value");
}

/** The model's own maximum unless told otherwise: the field is required, and a small default cuts answers in silence. */
function maxTokens(body: ChatCompletionRequest, model: Capabilities, receipt: Receipt): number {
  const field = body.max_completion_tokens == null ? "max_tokens" : "max_completion_tokens";
  const wanted = body[field];
  if (wanted == null) return model.maxTokens;
  if (field === "max_completion_tokens") receipt.note("renamed", field);
  if (!model.isMaxKnown || wanted <= model.maxTokens) return wanted;
  receipt.note("clamped", field);
  return model.maxTokens;
}

/** Newer models leave the thoughts out of the answer unless asked for them. */
function adaptive({ sampling }: Capabilities): Thinking {
  return sampling === "none" ? { type: "adaptive", display: "summarized" } : { type: "adaptive" };
}

function level(effort: Wanted, { efforts }: Capabilities, receipt: Receipt): { effort?: Effort } {
  if (efforts.length === 0) return {};
  const found = LEVELS[effort].find((known) => efforts.includes(known));
  if (found !== effort) receipt.note("clamped", "reasoning_effort");
  return found ? { effort: found } : {};
}

function noThinking(model: Capabilities, receipt: Receipt): { thinking?: Thinking; effort?: Effort } {
  if (model.thinking !== "adaptive") return {}; // older ones think when told to only
  if (model.canStopThinking) return { thinking: { type: "disabled" } };
  receipt.note("clamped", "reasoning_effort");
  return { effort: "low" };
}

/** The client's own `thinking`; models that no longer take a budget choose one themselves. */
function explicit(
  thinking: Thinking,
  model: Capabilities,
  isForced: boolean,
  receipt: Receipt,
): { thinking?: Thinking } {
  if (thinking.type !== "enabled") return { thinking };
  if (isForced) {
    receipt.refuse("thinking", {
      en: "with a budget allows no forced call: leave it out, or let the model choose its tools.",
      "zh-TW": "設定思考預算時不能強制呼叫工具：請省略它，或讓模型自行選擇工具。",
    });
    return {};
  }
  if (model.thinking !== "adaptive" || model.sampling !== "none") return { thinking };
  receipt.note("clamped", "thinking.budget_tokens");
  return { thinking: adaptive(model) };
}

/** The budget stays below half of a short answer's limit, so that something is left to answer with. */
function budget(
  effort: Wanted,
  limit: number,
  turns: readonly Turn[],
  model: Capabilities,
  isForced: boolean,
  receipt: Receipt,
): ThinkingFields {
  if (isForced || lacksThoughts(turns)) {
    receipt.note("dropped", "reasoning_effort");
    return { max_tokens: limit };
  }
  const budget_tokens = Math.max(MIN_BUDGET, Math.min(BUDGETS[effort], Math.floor(limit / 2)));
  const max_tokens = limit > budget_tokens ? limit : Math.min(model.maxTokens, limit + budget_tokens);
  if (max_tokens !== limit) receipt.note("clamped", "max_tokens");
  return {
    max_tokens,
    thinking: { type: "enabled", budget_tokens },
    ...level(effort, model, receipt),
  };
}

/**
 * Whether a running tool loop has lost the thoughts that it began with: with a budget, the vendor refuses such a history
 * («expected thinking, but found tool_use»), without one it takes it.
 */
function lacksThoughts(turns: readonly Turn[]): boolean {
  const question = turns.findLastIndex(
    ({ role, content }) => role === "user" && content.every(({ type }) => type !== "tool_result"),
  );
  const [first] = turns[question + 1]?.content ?? [];
  return first !== undefined && first.type !== "thinking" && first.type !== "redacted_thinking";
}
