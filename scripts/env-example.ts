import { DEFAULTS } from "../src/config/defaults.ts";
import { LOG_LEVELS } from "../src/config/rules.ts";
import { huggingface } from "../src/providers/huggingface/index.ts";
import type { ProviderFacts } from "../src/providers/provider.ts";

interface Variable {
  readonly name: string;
  /** What it is unless set; it then stands there as a comment. Undefined: nothing, and there is an empty line to fill in. */
  readonly fallback?: string;
  readonly english: string;
  readonly chinese: string;
}

const SERVER: readonly Variable[] = [
  { name: "HOST", fallback: DEFAULTS.host, english: "The address to listen on.", chinese: "監聽的位址。" },
  { name: "PORT", fallback: String(DEFAULTS.port), english: "The port to listen on.", chinese: "監聽的連接埠。" },
  {
    name: "OMNIPORT_API_KEY",
    english: "Keys of which clients must send one, separated by commas; empty: any key is accepted.",
    chinese: "用戶端必須送出的金鑰，多個以逗號分隔；空白表示接受任何金鑰。",
  },
  {
    name: "OMNIPORT_CONFIG",
    fallback: DEFAULTS.configFile,
    english: "The configuration file: aliases, further providers and more.",
    chinese: "設定檔：別名、更多供應商等等。",
  },
  {
    name: "LOG_LEVEL",
    fallback: DEFAULTS.logLevel,
    english: `One of ${LOG_LEVELS.join(", ")}.`,
    chinese: `記錄的詳細程度：${LOG_LEVELS.join("、")}。`,
  },
  {
    name: "SHUTDOWN_TIMEOUT",
    fallback: String(DEFAULTS.shutdownTimeoutS),
    english: "Seconds that running calls may take to end when the server stops.",
    chinese: "伺服器停止時，執行中的呼叫可以再執行幾秒。",
  },
  {
    name: "WORKERS",
    fallback: String(DEFAULTS.workers),
    english: "How many processes answer calls, for machines with many cores; auto: one a core.",
    chinese: "回應呼叫的行程數，適合多核心的機器；auto 表示每個核心一個。",
  },
  {
    name: "SSE_KEEP_ALIVE",
    fallback: String(DEFAULTS.keepAliveS),
    english: "Seconds of silence after which a stream says with a comment that it is alive; 0: never.",
    chinese: "串流靜默幾秒後以註解表示連線仍在；0 表示不送。",
  },
  {
    name: "TRAFFIC",
    fallback: "on",
    english: "off: calls are not recorded, and the page's traffic view stays empty.",
    chinese: "設為 off 時不記錄呼叫，頁面的流量檢視保持空白。",
  },
  {
    name: "RECORD_CONTENT",
    fallback: "false",
    english: "true: prompts and answers are recorded, too, as plain text on this disk.",
    chinese: "設為 true 時也記錄提示與回答，以純文字存放在磁碟上。",
  },
  {
    name: "OTEL_EXPORTER_OTLP_ENDPOINT",
    fallback: "",
    english: "The OpenTelemetry collector for traces and metrics, such as http://localhost:4318.",
    chinese: "接收追蹤與指標的 OpenTelemetry collector，例如 http://localhost:4318。",
  },
  {
    name: "OTEL_EXPORTER_OTLP_HEADERS",
    fallback: "",
    english: "Headers for the collector: name=value, separated by commas.",
    chinese: "送給 collector 的標頭：name=value，以逗號分隔。",
  },
  {
    name: "OTEL_SERVICE_NAME",
    fallback: "omniport",
    english: "The name of this server in traces.",
    chinese: "這台伺服器在追蹤中的名稱。",
  },
];

const LOCAL: readonly Variable[] = [
  ...huggingface.env.baseUrl.map((name) => ({
    name,
    fallback: "",
    english: "Another server that runs these models instead of this machine: vLLM, TGI, SGLang, a second Omniport.",
    chinese: "改由另一台伺服器執行這些模型：vLLM、TGI、SGLang 或另一個 Omniport。",
  })),
  ...huggingface.env.key.map((name) => ({
    name,
    fallback: "",
    english: "The key of that server, if it asks for one.",
    chinese: "該伺服器的金鑰（如果需要）。",
  })),
  {
    name: "OMNIPORT_THREADS",
    fallback: "",
    english: "Computing threads; unless set, one fewer than the physical cores.",
    chinese: "運算執行緒數；未設定時為實體核心數減一。",
  },
  {
    name: "OMNIPORT_MEMORY",
    fallback: DEFAULTS.memory,
    english: "What models in memory may take together: 8GB, 512MB, or a share of what is free at the start.",
    chinese: "記憶體中的模型合計可用的量：8GB、512MB，或啟動時可用記憶體的比例。",
  },
  {
    name: "OMNIPORT_KEEP_ALIVE",
    fallback: DEFAULTS.keepAlive,
    english: "How long a model stays in memory when nobody uses it: seconds, 5m, 1h; 0: not at all, -1: for ever.",
    chinese: "模型無人使用時留在記憶體多久：秒數、5m、1h；0 表示立即卸載，-1 表示永遠保留。",
  },
  {
    name: "OMNIPORT_PRELOAD",
    fallback: "",
    english: "Models that are loaded when the server starts, separated by commas.",
    chinese: "伺服器啟動時就載入的模型，以逗號分隔。",
  },
  {
    name: "HF_QUANT",
    fallback: "",
    english: "How safetensors and .bin weights are kept: native, F16, BF16, Q8_0 or Q4_0; unless set, by their size.",
    chinese: "safetensors 與 .bin 權重的儲存方式：native、F16、BF16、Q8_0 或 Q4_0；未設定時依大小決定。",
  },
  {
    name: "HF_TOKEN",
    english: "Hugging Face token, for private models and those whose licence must be accepted.",
    chinese: "Hugging Face 權杖，用於私有模型或需同意授權的模型。",
  },
  {
    name: "HF_ENDPOINT",
    fallback: DEFAULTS.hubEndpoint,
    english: "Where models are downloaded from; a mirror, for example.",
    chinese: "模型的下載來源，例如鏡像站。",
  },
  {
    name: "HF_HOME",
    fallback: "~/.cache/huggingface",
    english: "Where Hugging Face's tools, and Omniport, keep downloaded models.",
    chinese: "Hugging Face 的工具與 Omniport 存放下載模型的位置。",
  },
  {
    name: "HF_HUB_CACHE",
    fallback: "~/.cache/huggingface/hub",
    english: "The models alone, where they shall lie elsewhere than in HF_HOME.",
    chinese: "只指定模型的位置，不放在 HF_HOME 之下。",
  },
  {
    name: "HF_HUB_OFFLINE",
    fallback: "0",
    english: "1: download nothing, use only what is there.",
    chinese: "設為 1 時不下載，只使用已有的檔案。",
  },
  {
    name: "OMNIPORT_URL",
    fallback: "",
    english: "A running server for `omniport run`; unless set, it is a server of its own.",
    chinese: "供 `omniport run` 使用的伺服器；未設定時由它自己啟動。",
  },
];

const NETWORK: readonly Variable[] = [
  {
    name: "HTTPS_PROXY",
    fallback: "",
    english: "The proxy on the way to https addresses: http://user:password@proxy.example.com:3128.",
    chinese: "連到 https 位址所用的代理伺服器：http://user:password@proxy.example.com:3128。",
  },
  {
    name: "HTTP_PROXY",
    fallback: "",
    english: "The proxy on the way to http addresses, and to https ones unless HTTPS_PROXY is set.",
    chinese: "連到 http 位址所用的代理伺服器；未設定 HTTPS_PROXY 時也用於 https 位址。",
  },
  {
    name: "NO_PROXY",
    fallback: "",
    english: "Hosts and domains that are called directly, separated by commas; this machine always is.",
    chinese: "直接連線的主機與網域，以逗號分隔；本機一律直接連線。",
  },
];

/** `.env.example`: every variable with its default, for people to copy and fill in. As it stands, it changes nothing. */
export function envExample(providers: readonly ProviderFacts[]): string {
  const header = [
    "# Copy this file to .env and fill in the keys that you have. None is needed for local models.",
    "# 將此檔案複製為 .env，並填入您擁有的金鑰。本機模型不需要任何金鑰。",
  ].join("\n");
  const others = providers.filter(({ name }) => name !== huggingface.name);
  const sections = [
    section("Providers", "供應商", others.flatMap(providerVariables)),
    section("Local models", "本機模型", LOCAL),
    section("Server", "伺服器", SERVER),
    section("Network", "網路", NETWORK),
  ];
  return [header, ...sections].join("\n\n") + "\n";
}

function section(english: string, chinese: string, variables: readonly Variable[]): string {
  return [`## ${english} / ${chinese}`, ...variables.map(lines)].join("\n\n");
}

function lines({ name, fallback, english, chinese }: Variable): string {
  return [`# ${english}`, `# ${chinese}`, fallback === undefined ? `${name}=` : `# ${name}=${fallback}`].join("\n");
}

function providerVariables({ title, baseUrl, env, keyOptional = false }: ProviderFacts): readonly Variable[] {
  const [key, ...otherKeys] = env.key;
  const [address, ...otherAddresses] = env.baseUrl;
  return [
    ...(key === undefined ? [] : [keyVariable(key, title, keyOptional, otherKeys)]),
    ...(address === undefined ? [] : [addressVariable(address, title, baseUrl, otherAddresses)]),
    ...Object.entries(env.options ?? {}).flatMap(([option, names]) =>
      names.slice(0, 1).map((name) => optionVariable(name, title, option)),
    ),
  ];
}

function keyVariable(name: string, title: string, isOptional: boolean, others: readonly string[]): Variable {
  return {
    name,
    ...(isOptional ? { fallback: "" } : {}),
    english: `${title}: the API key${isOptional ? ", if it asks for one" : ""}${also(others)}.`,
    chinese: `${title}：API 金鑰${isOptional ? "（如果需要）" : ""}${alsoChinese(others)}。`,
  };
}

function addressVariable(
  name: string,
  title: string,
  fallback: string | undefined,
  others: readonly string[],
): Variable {
  return {
    name,
    fallback: fallback ?? "",
    english: `${title}: its address${also(others)}.`,
    chinese: `${title}：位址${alsoChinese(others)}。`,
  };
}

function optionVariable(name: string, title: string, option: string): Variable {
  const words = option.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return { name, fallback: "", english: `${title}: ${words} (optional).`, chinese: `${title}：${words}（選填）。` };
}

function also(names: readonly string[]): string {
  return names.length === 0 ? "" : ` (also ${names.join(", ")})`;
}

function alsoChinese(names: readonly string[]): string {
  return names.length === 0 ? "" : `（也可用 ${names.join("、")}）`;
}
