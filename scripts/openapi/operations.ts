import { CALL_PARAMETERS, type Operation, type Parameter } from "./operation.ts";

const MODEL_ID: Parameter = {
  name: "id",
  in: "path",
  text: { en: "The model's name; it may have slashes.", zh: "模型名稱，可以有斜線。" },
};

/** What asks a model. */
const CALLS: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/chat/completions",
    id: "createChatCompletion",
    tag: "chat",
    summary: { en: "Answer a conversation", zh: "回答對話" },
    description: {
      en: "As OpenAI has it, for every model. Fields that are not named here go to the provider as they are. With `stream`, each event's data is a chunk, and the last one is `[DONE]`.",
      zh: "與 OpenAI 相同，適用於所有模型。未列出的欄位會原樣送給供應商。使用 `stream` 時，每個事件的資料是一個 chunk，最後一個是 `[DONE]`。",
    },
    parameters: CALL_PARAMETERS,
    body: "ChatCompletionRequest",
    examples: [
      {
        title: { en: "A question", zh: "提問" },
        body: { model: "local/chat", messages: [{ role: "user", content: "What is the capital of France?" }] },
      },
      {
        title: { en: "A stream", zh: "串流" },
        body: {
          model: "local/chat",
          messages: [{ role: "user", content: "Tell me a short story." }],
          stream: true,
          stream_options: { include_usage: true },
        },
      },
      {
        title: { en: "A tool", zh: "工具" },
        body: {
          model: "openai/gpt-4o",
          messages: [{ role: "user", content: "What is the weather in Taipei?" }],
          tools: [
            {
              type: "function",
              function: {
                name: "weather",
                parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
              },
            },
          ],
        },
      },
      {
        title: { en: "JSON by a schema", zh: "依 schema 回答 JSON" },
        body: {
          model: "openai/gpt-4o",
          messages: [{ role: "user", content: "Name a night market in Taiwan." }],
          response_format: {
            type: "json_schema",
            json_schema: {
              name: "market",
              strict: true,
              schema: {
                type: "object",
                properties: { name: { type: "string" }, city: { type: "string" } },
                required: ["name", "city"],
                additionalProperties: false,
              },
            },
          },
        },
      },
      {
        title: { en: "An image", zh: "圖片" },
        body: {
          model: "openai/gpt-4o",
          messages: [
            {
              role: "user",
              content: [
                { type: "text", text: "What colour is this?" },
                {
                  type: "image_url",
                  image_url: {
                    url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
                  },
                },
              ],
            },
          ],
        },
      },
      {
        title: { en: "Models that stand in for each other", zh: "互相替補的模型" },
        body: {
          model: "openai/gpt-4o",
          models: ["claude/claude-sonnet-4-5", "local/chat"],
          messages: [{ role: "user", content: "Hello" }],
        },
      },
    ],
    answers: [
      { text: { en: "The answer.", zh: "回答。" }, schema: "ChatCompletion" },
      {
        text: { en: "With `stream`: the answer in pieces.", zh: "使用 `stream` 時：分段的回答。" },
        schema: "ChatCompletionChunk",
        type: "text/event-stream",
      },
    ],
  },
  {
    method: "post",
    path: "/v1/embeddings",
    id: "createEmbedding",
    tag: "embeddings",
    summary: { en: "Turn texts into vectors", zh: "把文字轉為向量" },
    parameters: CALL_PARAMETERS,
    body: "EmbeddingRequest",
    examples: [
      {
        title: { en: "Two texts", zh: "兩段文字" },
        body: { model: "local/embed", input: ["A night market", "夜市"] },
      },
    ],
    answers: [{ text: { en: "The vectors.", zh: "向量。" }, schema: "EmbeddingResponse" }],
  },
  {
    method: "post",
    path: "/v1/rerank",
    id: "rerank",
    tag: "rerank",
    summary: { en: "Order documents by a query", zh: "依查詢排序文件" },
    description: {
      en: "The body of Cohere, Jina and vLLM; also at `/v2/rerank`. A body with `texts` instead of `documents` is answered as Text Embeddings Inference does, with a bare list.",
      zh: "內容與 Cohere、Jina、vLLM 相同，也可用 `/v2/rerank`。以 `texts` 取代 `documents` 時，與 Text Embeddings Inference 一樣回覆純陣列。",
    },
    parameters: CALL_PARAMETERS,
    body: "RerankRequest",
    examples: [
      {
        title: { en: "Two documents", zh: "兩份文件" },
        body: {
          model: "huggingface/cross-encoder/ms-marco-MiniLM-L6-v2",
          query: "Where can I eat at night?",
          documents: ["The museum closes at five.", "Night markets sell food until two."],
          top_n: 1,
          return_documents: true,
        },
      },
    ],
    answers: [{ text: { en: "The best documents first.", zh: "由最相關的文件開始。" }, schema: "RerankResponse" }],
  },
];

const MODELS: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/models",
    id: "listModels",
    tag: "models",
    summary: { en: "List what can be called", zh: "列出可以呼叫的模型" },
    description: {
      en: "Aliases, local models that are there, and the models of every provider for which a key or an address is set.",
      zh: "別名、已有的本機模型，以及已設定金鑰或位址的供應商的模型。",
    },
    answers: [{ text: { en: "The models.", zh: "模型清單。" }, schema: "ModelList" }],
  },
  {
    method: "get",
    path: "/v1/models/{id}",
    id: "retrieveModel",
    tag: "models",
    summary: { en: "One model", zh: "單一模型" },
    parameters: [MODEL_ID],
    answers: [{ text: { en: "The model.", zh: "模型。" }, schema: "Model" }],
  },
  {
    method: "delete",
    path: "/v1/models/{id}",
    id: "deleteModel",
    tag: "models",
    summary: { en: "Remove a local model's files", zh: "移除本機模型的檔案" },
    parameters: [MODEL_ID],
    answers: [{ text: { en: "They are gone.", zh: "已移除。" }, schema: "ModelDeleted" }],
  },
  {
    method: "post",
    path: "/v1/models/pull",
    id: "pullModel",
    tag: "models",
    summary: { en: "Download a local model", zh: "下載本機模型" },
    description: {
      en: "Answers when it is there; with `stream`, with the model as it is again and again. Who hangs up ends the download; the next one goes on where it stopped.",
      zh: "下載完成後回覆；使用 `stream` 時持續回報模型的狀態。用戶端離開即停止下載，下次從中斷處繼續。",
    },
    body: "PullRequest",
    examples: [
      {
        title: { en: "With progress", zh: "回報進度" },
        body: { model: "huggingface/Qwen/Qwen3-1.7B-GGUF:Q8_0", stream: true },
      },
    ],
    answers: [
      { text: { en: "The model, on disk.", zh: "已在磁碟上的模型。" }, schema: "Model" },
      {
        text: { en: "With `stream`: the model as it is.", zh: "使用 `stream` 時：模型目前的狀態。" },
        schema: "Model",
        type: "text/event-stream",
      },
    ],
  },
  {
    method: "post",
    path: "/v1/models/load",
    id: "loadModel",
    tag: "models",
    summary: { en: "Load a local model into memory", zh: "把本機模型載入記憶體" },
    body: "PullRequest",
    examples: [{ title: { en: "Load", zh: "載入" }, body: { model: "local/chat" } }],
    answers: [
      { text: { en: "The model, in memory.", zh: "已在記憶體中的模型。" }, schema: "Model" },
      {
        text: { en: "With `stream`: the model as it is.", zh: "使用 `stream` 時：模型目前的狀態。" },
        schema: "Model",
        type: "text/event-stream",
      },
    ],
  },
  {
    method: "post",
    path: "/v1/models/unload",
    id: "unloadModel",
    tag: "models",
    summary: { en: "Take a local model out of memory", zh: "把本機模型移出記憶體" },
    body: "UnloadRequest",
    examples: [{ title: { en: "Unload", zh: "移出" }, body: { model: "local/chat" } }],
    answers: [{ text: { en: "The model, on disk.", zh: "仍在磁碟上的模型。" }, schema: "Model" }],
  },
];

const SERVICE: readonly Operation[] = [
  {
    method: "get",
    path: "/health",
    id: "health",
    tag: "service",
    summary: { en: "Whether the process lives", zh: "行程是否存活" },
    parameters: [
      {
        name: "details",
        in: "query",
        text: {
          en: "Also how the models that were called are doing; needs the key, if keys are set.",
          zh: "一併回報被呼叫過的模型的狀況；有設定金鑰時需要金鑰。",
        },
      },
    ],
    answers: [{ text: { en: "It does.", zh: "存活。" }, schema: "Health" }],
    isOpen: true,
  },
  {
    method: "get",
    path: "/ready",
    id: "ready",
    tag: "service",
    summary: { en: "Whether calls are taken", zh: "是否接受呼叫" },
    answers: [
      { text: { en: "They are.", zh: "接受。" }, schema: "Readiness" },
      { status: 503, text: { en: "The server is stopping.", zh: "伺服器正在停止。" }, schema: "Readiness" },
    ],
    isOpen: true,
  },
  {
    method: "get",
    path: "/metrics",
    id: "metrics",
    tag: "service",
    summary: { en: "Metrics for Prometheus", zh: "供 Prometheus 使用的指標" },
    answers: [{ text: { en: "In Prometheus' text format.", zh: "Prometheus 文字格式。" }, type: "text/plain" }],
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "openapi",
    tag: "service",
    summary: { en: "This description", zh: "這份說明" },
    answers: [{ text: { en: "OpenAPI 3.1.", zh: "OpenAPI 3.1。" }, schema: "OpenAPI" }],
    isOpen: true,
  },
];

const query = (name: string, en: string, zh: string, schema?: object): Parameter => ({
  name,
  in: "query",
  text: { en, zh },
  ...(schema && { schema }),
});

/** A header that other sites cannot send. */
const PAGE: Parameter = {
  name: "x-omniport-page",
  in: "header",
  text: { en: "`1`: shows that the page itself asks.", zh: "`1`：表示由頁面本身發出。" },
  schema: { type: "string", enum: ["1"] },
};

/** What the page asks. */
const ADMIN: readonly Operation[] = [
  {
    method: "get",
    path: "/admin/session",
    id: "getSession",
    tag: "admin",
    summary: { en: "Whether this browser may call", zh: "這個瀏覽器是否可以呼叫" },
    answers: [{ text: { en: "The state.", zh: "狀態。" }, schema: "AdminSession" }],
    isOpen: true,
  },
  {
    method: "post",
    path: "/admin/session",
    id: "signIn",
    tag: "admin",
    summary: { en: "Sign in with a key", zh: "以金鑰登入" },
    description: {
      en: "Sets a cookie that counts as the key for requests of the page itself.",
      zh: "設定 cookie；頁面本身的請求可用它代替金鑰。",
    },
    parameters: [PAGE],
    body: "SignIn",
    answers: [{ text: { en: "Signed in.", zh: "已登入。" }, schema: "AdminSession" }],
    isOpen: true,
  },
  {
    method: "delete",
    path: "/admin/session",
    id: "signOut",
    tag: "admin",
    summary: { en: "Sign out", zh: "登出" },
    parameters: [PAGE],
    answers: [{ text: { en: "Signed out.", zh: "已登出。" }, schema: "AdminSession" }],
    isOpen: true,
  },
  {
    method: "get",
    path: "/admin/providers",
    id: "listProviders",
    tag: "admin",
    summary: { en: "Providers, and what they lack", zh: "供應商，以及還缺什麼" },
    answers: [{ text: { en: "All that are known.", zh: "所有已知的供應商。" }, schema: "AdminProviders" }],
  },
  {
    method: "get",
    path: "/admin/suggestions",
    id: "listSuggestions",
    tag: "admin",
    summary: { en: "Local models worth a download", zh: "值得下載的本機模型" },
    answers: [{ text: { en: "A short list.", zh: "簡短的清單。" }, schema: "SuggestedModels" }],
  },
  {
    method: "get",
    path: "/admin/calls",
    id: "listCalls",
    tag: "admin",
    summary: { en: "Calls, the newest first", zh: "呼叫，由新到舊" },
    parameters: [
      query("before", "`next` of the page before.", "上一頁的 `next`。", { type: "integer" }),
      query("limit", "How many.", "幾筆。", { type: "integer" }),
      query("model", "Only calls of this model.", "只列這個模型的呼叫。"),
      query("outcome", "Only those that ended so.", "只列這種結果的呼叫。", {
        type: "string",
        enum: ["complete", "failed", "aborted"],
      }),
    ],
    answers: [{ text: { en: "A page.", zh: "一頁。" }, schema: "CallPage" }],
  },
  {
    method: "get",
    path: "/admin/calls/live",
    id: "watchCalls",
    tag: "admin",
    summary: { en: "Calls as they end", zh: "即時的呼叫" },
    answers: [
      {
        text: { en: "One event a call.", zh: "每個呼叫一個事件。" },
        schema: "CallSummary",
        type: "text/event-stream",
      },
    ],
  },
  {
    method: "get",
    path: "/admin/calls/{request_id}",
    id: "retrieveCall",
    tag: "admin",
    summary: { en: "One call, with its attempts", zh: "單一呼叫及其各次嘗試" },
    parameters: [
      {
        name: "request_id",
        in: "path",
        text: { en: "As in the answer's `x-request-id`.", zh: "與回答的 `x-request-id` 相同。" },
      },
    ],
    answers: [{ text: { en: "The call.", zh: "呼叫。" }, schema: "CallDetails" }],
  },
  {
    method: "get",
    path: "/admin/stats",
    id: "getStats",
    tag: "admin",
    summary: { en: "Calls, errors, latency and tokens over time", zh: "一段時間內的呼叫、錯誤、延遲與 token" },
    parameters: [
      query("span", "The last hour or the last day.", "最近一小時或一天。", { type: "string", enum: ["hour", "day"] }),
    ],
    answers: [{ text: { en: "The figures.", zh: "數字。" }, schema: "TrafficStats" }],
  },
];

/** All that the server answers, in the reference's order. */
export const OPERATIONS: readonly Operation[] = [...CALLS, ...MODELS, ...SERVICE, ...ADMIN];
