import type { ChatCompletionRequest } from "../../api/chat.ts";
import type { Connection, Provider } from "../provider.ts";
import { openaiCompatible, type Service } from "./index.ts";

/** Servers that speak OpenAI's wire and work with just their key, or just their address, set. */
export const services: readonly Provider[] = (
  [
    /** https://console.groq.com/docs/api-reference */
    { ...service("groq", "Groq", "GROQ"), baseUrl: "https://api.groq.com/openai/v1" },

    /** https://docs.mistral.ai/api: unknown fields are refused, usage comes in any case, a last answer must be a `prefix`. */
    {
      ...service("mistral", "Mistral", "MISTRAL"),
      genAiName: "mistral_ai",
      baseUrl: "https://api.mistral.ai/v1",
      streamOptions: false,
      edit: (body) => ({
        ...rename(body, "max_completion_tokens", "max_tokens"),
        ...rename(body, "seed", "random_seed"),
        ...withPrefix(body),
      }),
      prefill: () => "repeat",
    },

    /** https://docs.x.ai/docs/api-reference */
    { ...service("xai", "xAI", "XAI"), genAiName: "x_ai", aliases: ["grok"], baseUrl: "https://api.x.ai/v1" },

    /** https://openrouter.ai/docs/api-reference */
    {
      ...service("openrouter", "OpenRouter", "OPENROUTER"),
      baseUrl: "https://openrouter.ai/api/v1",
      routesModels: true,
      hasReranking: true,
    },

    /** https://docs.together.ai/reference */
    { ...service("together", "Together", "TOGETHER"), baseUrl: "https://api.together.xyz/v1", hasReranking: true },

    /** https://docs.fireworks.ai/api-reference */
    {
      ...service("fireworks", "Fireworks", "FIREWORKS"),
      baseUrl: "https://api.fireworks.ai/inference/v1",
      hasReranking: true,
    },

    /** https://inference-docs.cerebras.ai/api-reference */
    { ...service("cerebras", "Cerebras", "CEREBRAS"), baseUrl: "https://api.cerebras.ai/v1" },

    /** https://platform.moonshot.ai/docs/api */
    { ...service("moonshot", "Moonshot", "MOONSHOT"), aliases: ["kimi"], baseUrl: "https://api.moonshot.ai/v1" },

    /** https://docs.z.ai/api-reference */
    { ...service("zai", "Z.ai", "ZAI"), aliases: ["zhipu"], baseUrl: "https://api.z.ai/api/paas/v4" },

    /** https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope */
    {
      ...service("qwen", "Qwen (DashScope)", "DASHSCOPE"),
      aliases: ["dashscope"],
      baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    },

    /** https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html: its own default address is ours, too. */
    { ...service("vllm", "vLLM", "VLLM"), keyOptional: true, hasReranking: true },

    /** https://lmstudio.ai/docs/app/api/endpoints/openai */
    { ...service("lmstudio", "LM Studio", "LMSTUDIO"), baseUrl: "http://127.0.0.1:1234/v1", keyOptional: true },

    /** https://github.com/ggml-org/llama.cpp/tree/master/tools/server */
    {
      ...service("llamacpp", "llama.cpp", "LLAMACPP"),
      baseUrl: "http://127.0.0.1:8080/v1",
      keyOptional: true,
      hasReranking: true,
    },

    /** https://learn.microsoft.com/azure/ai-foundry/openai/reference: the model is the name of the deployment. */
    {
      ...service("azure", "Azure OpenAI", "AZURE_OPENAI"),
      env: {
        key: ["AZURE_OPENAI_API_KEY"],
        baseUrl: ["AZURE_OPENAI_ENDPOINT"],
        options: { apiVersion: ["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"] },
      },
      chatUrl: ({ connection, model }) => azureUrl(connection, model, "chat/completions"),
      embeddingsUrl: (connection, model) => azureUrl(connection, model, "embeddings"),
      keyHeader: (key) => ({ "api-key": key }),
    },
  ] satisfies readonly Service[]
).map(openaiCompatible);

/** A service whose variables are named in the usual way. */
function service(name: string, title: string, prefix: string): Pick<Service, "name" | "title" | "env"> {
  return { name, title, env: { key: [`${prefix}_API_KEY`], baseUrl: [`${prefix}_BASE_URL`] } };
}

function rename(body: ChatCompletionRequest, from: string, to: string): Readonly<Record<string, unknown>> {
  return body[from] == null ? {} : { [to]: body[to] ?? body[from], [from]: undefined };
}

/** Says of an assistant's message at the end that it is the answer's beginning. */
function withPrefix({ messages }: ChatCompletionRequest): Readonly<Record<string, unknown>> {
  const last = messages.at(-1);
  return last?.role === "assistant" ? { messages: [...messages.slice(0, -1), { ...last, prefix: true }] } : {};
}

/** Without a version the newer address, which takes the deployment's name in the body; with one, the older. */
function azureUrl({ baseUrl, options }: Connection, deployment: string, path: string): string {
  const version = options["apiVersion"];
  if (version === undefined) return `${baseUrl}/openai/v1/${path}`;
  const encoded = encodeURIComponent(deployment);
  return `${baseUrl}/openai/deployments/${encoded}/${path}?api-version=${encodeURIComponent(version)}`;
}
