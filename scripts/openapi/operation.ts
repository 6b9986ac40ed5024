import type { Text } from "./described.ts";

/** One route, as the reference shows it. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** `/v1/models/{id}` */
  readonly path: string;
  /** The function's name in generated clients. */
  readonly id: string;
  readonly tag: TagName;
  readonly summary: Text;
  readonly description?: Text;
  readonly parameters?: readonly Parameter[];
  /** The schema of the body, by name. */
  readonly body?: string;
  /** Bodies that work as they stand, each with a title. */
  readonly examples?: readonly Example[];
  readonly answers: readonly Answer[];
  /** Whether it needs no key. */
  readonly isOpen?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly text: Text;
  /** Unless told, a string. */
  readonly schema?: object;
}

interface Example {
  readonly title: Text;
  readonly body: object;
}

export interface Answer {
  /** Unless told, 200. */
  readonly status?: number;
  readonly text: Text;
  /** By name; left out where there is no content. */
  readonly schema?: string;
  /** Unless told, JSON. Of events, the schema is that of each one's data. */
  readonly type?: "application/json" | "text/event-stream" | "text/plain";
}

export type TagName = "chat" | "embeddings" | "rerank" | "models" | "service" | "admin";

export const TAGS: Readonly<Record<TagName, Text>> = {
  chat: { en: "Chat", zh: "聊天" },
  embeddings: { en: "Embeddings", zh: "嵌入" },
  rerank: { en: "Reranking", zh: "重新排序" },
  models: { en: "Models", zh: "模型" },
  service: { en: "Service", zh: "服務狀態" },
  admin: { en: "Page", zh: "頁面" },
};

const DROP_PARAMS: Parameter = {
  name: "x-omniport-drop-params",
  in: "header",
  text: {
    en: "`true`: fields that the provider cannot honour are left out instead of refused.",
    zh: "`true`：略去供應商無法支援的欄位，而不是拒絕。",
  },
  schema: { type: "string", enum: ["true", "false"] },
};

const FALLBACKS: Parameter = {
  name: "x-omniport-fallbacks",
  in: "header",
  text: {
    en: "Up to eight models, separated by commas, that are asked where the first one fails.",
    zh: "第一個模型失敗時詢問的模型，最多八個，以逗號分隔。",
  },
};

/** Of the calls that ask a model. */
export const CALL_PARAMETERS: readonly Parameter[] = [DROP_PARAMS, FALLBACKS];
