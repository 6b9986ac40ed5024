import { z } from "zod";
import type { ApiError } from "../../src/api/error.ts";
import type { KeyHealth, TargetHealth } from "../../src/gateway/health.ts";
import type { LimitLoad } from "../../src/gateway/limits.ts";
import { described, perhaps, says, type Schemas } from "./described.ts";

const fault = described<ReturnType<ApiError["toJSON"]>["error"]>()(
  z.object({
    message: says(z.string(), "What was wrong, and what would be right.", "哪裡有錯，以及正確的寫法。"),
    type: says(z.string(), "The kind, as OpenAI has it.", "錯誤的種類，與 OpenAI 相同。"),
    param: says(z.string().nullable(), "The field that is to blame, as a path.", "有問題的欄位（路徑）。"),
    code: says(z.string().nullable(), "For programs.", "供程式判斷。"),
  }),
);

const target = described<TargetHealth>()(
  z.object({
    target: says(z.string(), "`openai/gpt-4o`", "`openai/gpt-4o`"),
    state: says(
      z.enum(["ok", "open", "probing"]),
      "`open`: left alone after failures; `probing`: one call finds out whether it is well again.",
      "`open`：多次失敗後暫停呼叫；`probing`：以一個呼叫確認是否恢復。",
    ),
    running: says(z.int(), "Calls under way.", "進行中的呼叫數。"),
    latencyMs: perhaps(z.number(), "To its first token.", "到第一個 token 的時間。"),
    consecutiveFailures: says(z.int(), "In a row.", "連續失敗次數。"),
    lastFailure: perhaps(z.string(), "Why the last one failed.", "最近一次失敗的原因。"),
    restMs: perhaps(z.number(), "How long it is left alone yet.", "還要暫停多久。"),
  }),
);

const key = described<KeyHealth>()(
  z.object({
    of: says(
      z.string(),
      "A provider, or a model where that one is limited.",
      "供應商；若只有某個模型受限，則為該模型。",
    ),
    key: says(z.int(), "Which of its keys, from 1.", "第幾個金鑰，從 1 起算。"),
    state: z.enum(["limited", "refused"]),
    restMs: says(z.number(), "How long it is left alone yet.", "還要暫停多久。"),
  }),
);

const limit = described<LimitLoad>()(
  z.object({
    of: says(z.string(), "A model, a provider, or `this server`.", "模型、供應商，或 `this server`。"),
    limit: says(z.int(), "How many may run.", "最多可同時進行幾個。"),
    running: says(z.int(), "Calls under way.", "進行中的呼叫數。"),
    queued: says(z.int(), "Calls that wait.", "等待中的呼叫數。"),
  }),
);

const health = z.object({
  status: z.literal("ok"),
  targets: perhaps(z.array(target), "With `details`: those that were called.", "使用 `details` 時：被呼叫過的模型。"),
  keys: perhaps(z.array(key), "With `details`: keys that are left alone.", "使用 `details` 時：暫停使用的金鑰。"),
  limits: perhaps(z.array(limit), "With `details`: how busy the limits are.", "使用 `details` 時：各限制的忙碌程度。"),
});

const readiness = z.object({ status: z.enum(["ready", "stopping"]) });

export const SERVICE: Schemas = {
  Error: z.object({ error: fault }),
  ErrorDetails: fault,
  Health: health,
  TargetHealth: target,
  KeyHealth: key,
  LimitLoad: limit,
  Readiness: readiness,
};
