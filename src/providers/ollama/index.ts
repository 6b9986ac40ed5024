import { httpProvider, type Wire } from "../http-provider.ts";
import type { Provider } from "../provider.ts";
import { embed } from "./embeddings.ts";
import { said } from "./error.ts";
import { imageUrls } from "./images.ts";
import { describe, type ModelFacts } from "./model.ts";
import { models } from "./models.ts";
import { chatRequest, type Plan } from "./request.ts";
import { completion } from "./response.ts";
import { chunks } from "./stream.ts";

/** A model that is not in memory is loaded first, and until then the server says nothing. */
const DEFAULT_TIMEOUT_S = 120;

const wire: Wire<Plan, ModelFacts> = {
  name: "ollama",
  title: "Ollama",
  env: {
    key: ["OLLAMA_API_KEY"],
    baseUrl: ["OLLAMA_BASEURL", "OLLAMA_BASE_URL"],
    options: { timeoutSeconds: ["OLLAMA_TIMEOUT"], contextTokens: ["OLLAMA_CONTEXT_LENGTH"] },
  },
  baseUrl: "http://localhost:11434",
  keyOptional: true,
  headers: (key) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  silenceMs: ({ timeoutSeconds }) => (Number(timeoutSeconds) || DEFAULT_TIMEOUT_S) * 1000,
  advice: {
    upstream_unreachable: {
      en: "Is Ollama running? Start it with 'ollama serve', or set OLLAMA_BASEURL to its address.",
      "zh-TW": "Ollama 是否已在執行？請以「ollama serve」啟動，或將 OLLAMA_BASEURL 設為它的位址。",
    },
    timeout: {
      en: "Loading a large model or reading a long prompt may take longer: OLLAMA_TIMEOUT says how many seconds to wait.",
      "zh-TW": "載入大型模型或讀取長提示可能需要更久：OLLAMA_TIMEOUT 設定等待的秒數。",
    },
  },
  describe,
  chatRequest,
  completion,
  chunks,
  said,
  embed,
  models,
  imageUrls,
  hasOneAnswer: true,
};

/** https://github.com/ollama/ollama/blob/main/docs/api.md */
export const ollama: Provider = httpProvider(wire);
