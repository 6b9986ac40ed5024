import { z } from "zod";
import type {
  AdminProvider,
  AdminProviders,
  AdminSession,
  CallContent,
  CallDetails,
  CallPage,
  CallSummary,
  CallTry,
  ModelTraffic,
  Recording,
  SuggestedModel,
  SuggestedModels,
  TrafficBucket,
  TrafficFigures,
  TrafficStats,
} from "../../src/api/admin.ts";
import { described, perhaps, says, type Schemas } from "./described.ts";

/* What the page at `/` asks besides OpenAI's routes. */

const session = described<AdminSession>()(
  z.object({
    needs_key: says(z.boolean(), "Whether clients must send a key.", "用戶端是否必須送出金鑰。"),
    signed_in: says(z.boolean(), "Whether this browser may call.", "這個瀏覽器是否可以呼叫。"),
    version: says(z.string(), "Omniport's.", "Omniport 的版本。"),
    languages: says(z.array(z.string()), "Of the page.", "頁面的語言。"),
  }),
);

const signIn = z.object({ key: says(z.string(), "One of `OMNIPORT_API_KEY`.", "`OMNIPORT_API_KEY` 中的一個金鑰。") });

const provider = described<AdminProvider>()(
  z.object({
    name: says(z.string(), "The prefix of its models' names.", "其模型名稱的前綴。"),
    title: says(z.string(), "For people.", "給人看的名稱。"),
    state: says(
      z.enum(["ready", "no_key", "no_address", "silent", "untried"]),
      "`no_key`, `no_address`: what must be set first; `silent`: its list of models could not be had; `untried`: nothing is known of it.",
      "`no_key`、`no_address`：必須先設定；`silent`：取不到它的模型清單；`untried`：尚無資訊。",
    ),
    key_variables: says(z.array(z.string()), "That may hold its key.", "可以放金鑰的變數。"),
    base_url_variables: says(z.array(z.string()), "That may hold its address.", "可以放位址的變數。"),
    base_url: perhaps(z.string(), "Where it is asked.", "呼叫的位址。"),
    models: says(z.int(), "How many models it lists.", "它列出幾個模型。"),
  }),
);

const providers = described<AdminProviders>()(z.object({ data: z.array(provider) }));

const suggestion = described<SuggestedModel>()(
  z.object({
    id: says(z.string(), "As a client calls it.", "呼叫時使用的名稱。"),
    title: says(z.string(), "For people.", "給人看的名稱。"),
    purpose: z.enum(["chat", "embedding", "rerank"]),
    bytes: says(z.int(), "To download, about.", "下載大小（約略）。"),
    memory_bytes: says(z.int(), "In memory, about.", "記憶體用量（約略）。"),
    licence: says(z.string(), "By its name in the SPDX list.", "以 SPDX 清單中的名稱表示。"),
  }),
);

const suggestions = described<SuggestedModels>()(z.object({ data: z.array(suggestion) }));

const summary = {
  request_id: says(z.string(), "As in the answer's `x-request-id`.", "與回答的 `x-request-id` 相同。"),
  at: says(z.number(), "When it came, in milliseconds since 1970.", "抵達時間，自 1970 年起的毫秒數。"),
  operation: z.enum(["chat", "embeddings", "rerank"]),
  stream: z.boolean(),
  model: says(z.string(), "The name that the client used.", "用戶端使用的名稱。"),
  target: perhaps(z.string(), "Who was asked last, `openai/gpt-4o`.", "最後詢問的對象，例如 `openai/gpt-4o`。"),
  outcome: says(z.enum(["complete", "failed", "aborted"]), "`aborted`: the client left.", "`aborted`：用戶端離開。"),
  error_status: z.int().exactOptional(),
  error_code: z.string().exactOptional(),
  finish_reason: z.string().exactOptional(),
  prompt_tokens: z.int().exactOptional(),
  completion_tokens: z.int().exactOptional(),
  cached_tokens: z.int().exactOptional(),
  cost_usd: perhaps(z.number(), "In US dollars, where the price is known.", "美元；已知價格時才有。"),
  duration_ms: says(z.number(), "In all.", "總時間。"),
  first_chunk_ms: perhaps(z.number(), "To the first chunk of a stream.", "串流到第一個 chunk 的時間。"),
  attempts: says(z.int(), "How many targets were tried.", "試過幾次。"),
};

const call = described<CallSummary>()(z.object(summary));

const recording = described<Recording>()(
  z.object({
    calls: says(z.boolean(), "Whether calls are kept: `TRAFFIC`.", "是否保存呼叫：`TRAFFIC`。"),
    content: says(z.boolean(), "Whether what was said is kept: `RECORD_CONTENT`.", "是否保存內容：`RECORD_CONTENT`。"),
  }),
);

const page = described<CallPage>()(
  z.object({
    data: says(z.array(call), "The newest first.", "由新到舊。"),
    next: says(z.number().nullable(), "For `before`; null at the end.", "用於 `before`；到底時為 null。"),
    recording,
  }),
);

const attempt = described<CallTry>()(
  z.object({
    target: says(z.string(), "Who was asked.", "詢問的對象。"),
    outcome: says(z.string(), "`ok`, `aborted`, or why it failed.", "`ok`、`aborted`，或失敗的原因。"),
    status: z.int().exactOptional(),
    start_ms: says(z.number(), "From the call's arrival.", "自呼叫抵達起算。"),
    duration_ms: says(z.number(), "To its end.", "到結束的時間。"),
    first_chunk_ms: perhaps(z.number(), "From its start.", "自開始起算。"),
    prompt_tokens: z.int().exactOptional(),
    completion_tokens: z.int().exactOptional(),
  }),
);

const content = described<CallContent>()(
  z.object({
    request: says(z.string(), "The request's body.", "請求的內容。"),
    answer: perhaps(z.string(), "A whole answer as JSON, or a stream's text.", "完整回答的 JSON，或串流的文字。"),
    is_cut: says(z.boolean(), "Whether a part is missing.", "是否被截斷。"),
  }),
);

const details = described<CallDetails>()(
  z.object({
    ...summary,
    error_message: z.string().exactOptional(),
    translation: perhaps(z.string(), "What had to be changed.", "轉換時更動的內容。"),
    gateway_ms: perhaps(z.number(), "What the gateway itself took.", "閘道本身花費的時間。"),
    tries: says(z.array(attempt), "The first one first.", "由第一次開始。"),
    headers: says(
      z.record(z.string(), z.string()),
      "Some of the request's; never a key.",
      "請求的部分標頭；絕無金鑰。",
    ),
    content: perhaps(content, "Where it is recorded.", "有記錄時才有。"),
    recording,
  }),
);

const figures = {
  calls: z.int(),
  failed: z.int(),
  aborted: z.int(),
  p50_ms: perhaps(z.number(), "Half of the answered calls were quicker.", "有回答的呼叫中，一半比這更快。"),
  p95_ms: perhaps(z.number(), "95 of 100 were.", "100 個中有 95 個比這更快。"),
  first_chunk_p50_ms: perhaps(z.number(), "The same of first chunks.", "第一個 chunk 的同一數字。"),
  first_chunk_p95_ms: perhaps(z.number(), "The same of first chunks.", "第一個 chunk 的同一數字。"),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cost_usd: z.number(),
};

const total = described<TrafficFigures>()(z.object(figures));

const bucket = described<TrafficBucket>()(
  z.object({ at: says(z.number(), "When it begins.", "開始的時間。"), ...figures }),
);

const ofModel = described<ModelTraffic>()(
  z.object({
    model: says(z.string(), "Who answered, or `other`.", "回答的模型，或 `other`。"),
    total,
    buckets: z.array(bucket),
  }),
);

const stats = described<TrafficStats>()(
  z.object({
    span: z.enum(["hour", "day"]),
    bucket_ms: says(z.number(), "How long each bucket is.", "每一格的長度。"),
    from: says(z.number(), "When the first bucket begins.", "第一格開始的時間。"),
    to: says(z.number(), "When the last one begins.", "最後一格開始的時間。"),
    total,
    buckets: says(z.array(bucket), "Of all models; empty ones are left out.", "所有模型；沒有呼叫的格子略去。"),
    models: says(z.array(ofModel), "The busiest first.", "由呼叫最多的開始。"),
    recording,
  }),
);

export const ADMIN: Schemas = {
  AdminSession: session,
  SignIn: signIn,
  AdminProviders: providers,
  AdminProvider: provider,
  SuggestedModels: suggestions,
  SuggestedModel: suggestion,
  CallPage: page,
  CallSummary: call,
  CallDetails: details,
  CallTry: attempt,
  CallContent: content,
  Recording: recording,
  TrafficStats: stats,
  ModelTraffic: ofModel,
  TrafficBucket: bucket,
  TrafficFigures: total,
};
