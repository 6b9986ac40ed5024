import { z } from "zod";
import type { LocalModelState, Model, ModelDeleted, ModelList, PullRequest } from "../../src/api/models.ts";
import { described, perhaps, says, type Schemas } from "./described.ts";

const localState = described<LocalModelState>()(
  z.object({
    state: says(
      z.enum(["absent", "downloading", "converting", "loading", "ready", "loaded", "failed"]),
      "`absent`: the first call downloads it; `ready`: on disk; `loaded`: in memory; `failed`: the next call tries again.",
      "`absent`：第一次呼叫時下載；`ready`：在磁碟上；`loaded`：在記憶體中；`failed`：下次呼叫再試。",
    ),
    reference: perhaps(
      z.string(),
      "What a default such as `local/chat` stands for.",
      "`local/chat` 等預設名稱代表的模型。",
    ),
    purpose: perhaps(z.string(), "`chat`, `embedding` or `rerank`.", "`chat`、`embedding` 或 `rerank`。"),
    bytes: says(z.int(), "On disk.", "磁碟用量。"),
    memory_bytes: perhaps(z.int(), "While it is loaded, about.", "載入時的記憶體用量（約略）。"),
    calls: perhaps(z.int(), "That use it or wait for it.", "正在使用或等待它的呼叫數。"),
    done_bytes: perhaps(z.int(), "While it is downloaded.", "下載中：已完成。"),
    total_bytes: perhaps(z.int(), "While it is downloaded.", "下載中：總共。"),
    error: perhaps(z.string(), "Why it failed, in the client's language.", "失敗的原因，使用用戶端的語言。"),
    translations: perhaps(
      z.object({ "zh-TW": z.string() }),
      "`error` in other languages, with `accept-language: mul`.",
      "`error` 的其他語言版本；`accept-language: mul` 時才有。",
    ),
  }),
);

const model = described<Model>()(
  z.looseObject({
    id: says(z.string(), "The name to call it by.", "呼叫時使用的名稱。"),
    object: z.literal("model"),
    created: says(z.int(), "Seconds since 1970.", "自 1970 年起的秒數。"),
    owned_by: says(z.string(), "The provider; `local` for this machine.", "供應商；`local` 表示這台機器。"),
    omniport: perhaps(localState, "Of models on this machine.", "這台機器上的模型才有。"),
  }),
);

const list = described<ModelList>()(z.object({ object: z.literal("list"), data: z.array(model) }));

const deleted = described<ModelDeleted>()(
  z.object({ id: z.string(), object: z.literal("model"), deleted: z.literal(true) }),
);

const pull = described<PullRequest>()(
  z.looseObject({
    model: says(z.string().min(1).max(512), "`huggingface/owner/repo:Q8_0`", "`huggingface/owner/repo:Q8_0`"),
    purpose: perhaps(
      z.string(),
      "`chat` or `embedding`, where the files do not tell.",
      "`chat` 或 `embedding`；檔案看不出來時才需要。",
    ),
    stream: perhaps(z.boolean(), "Tell how far it is, in events.", "以事件回報進度。"),
  }),
);

const unload = z.looseObject({
  model: says(z.string().min(1).max(512), "A model that is loaded.", "已載入的模型。"),
});

export const MODELS: Schemas = {
  Model: model,
  ModelList: list,
  ModelDeleted: deleted,
  LocalModelState: localState,
  PullRequest: pull,
  UnloadRequest: unload,
};
