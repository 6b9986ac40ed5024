import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { once, venv } from "./installed.ts";

/** A gateway that is measured, and how it is started. */
export interface Target {
  readonly name: string;
  /** For the table. */
  readonly title: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Undefined: it prints the address that it has chosen. */
  readonly port?: number;
  /** Before `/chat/completions`. */
  readonly path: string;
  /** What it calls the models; a case whose kind is missing is left out. */
  readonly models: Partial<Readonly<Record<"chat" | "claude" | "embed", string>>>;
  readonly headers?: (kind: "chat" | "claude" | "embed") => Readonly<Record<string, string>>;
}

/** How a target is brought onto this machine. */
export interface Installer {
  readonly name: string;
  /** @throws when it cannot be had here. */
  readonly install: (place: Place) => Target;
}

export interface Place {
  /** For what is installed: kept between runs, and outside the repository. */
  readonly cache: string;
  /** The mock upstream's. */
  readonly upstream: string;
  readonly upstreamPort: number;
}

const OPENAI = "gpt-4o-mini";
const CLAUDE = "claude-3-5-haiku-20241022";
const EMBEDDING = "text-embedding-3-small";
const PREFIXED = { chat: `openai/${OPENAI}`, claude: `claude/${CLAUDE}`, embed: `openai/${EMBEDDING}` };

/** The first is the limit of what a proxy may cost, the last is ours. */
export const INSTALLERS: readonly Installer[] = [
  { name: "nginx", install: nginx },
  { name: "tensorzero", install: tensorzero },
  { name: "portkey", install: portkey },
  { name: "litellm", install: litellm },
  { name: "omniport", install: omniport },
];

/** This repository, built. */
function omniport(place: Place): Target {
  const root = join(import.meta.dirname, "..");
  execFileSync(process.execPath, [join(root, "scripts/build.ts")], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { ...builtOmniport("omniport", join(root, "dist/main.js"))(place), title: "**Omniport**" };
}

/** Omniport as it was built elsewhere, with all that a start without settings has on. */
export function builtOmniport(name: string, program: string): (place: Place) => Target {
  return ({ cache, upstream }) => {
    if (!existsSync(program)) throw new Error(`there is no ${program}: give the path of a dist/main.js`);
    return {
      name,
      title: `Omniport, ${name}`,
      command: [process.execPath, program],
      env: {
        PORT: "0",
        XDG_CACHE_HOME: join(cache, `${name}-cache`), // not among the user's own calls
        OPENAI_API_KEY: "sk-test",
        OPENAI_BASE_URL: `${upstream}/v1`,
        ANTHROPIC_API_KEY: "sk-test",
        ANTHROPIC_BASE_URL: upstream,
      },
      path: "/v1",
      models: PREFIXED,
    };
  };
}

/** One worker, kept-alive connections, no logs: a plain pass, without a look at what passes. */
function nginx({ cache, upstreamPort }: Place): Target {
  execFileSync("nginx", ["-v"], { stdio: "ignore" });
  const folder = join(cache, "nginx");
  mkdirSync(join(folder, "logs"), { recursive: true });
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off;
worker_processes 1;
pid nginx.pid;
error_log /dev/null crit;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_buffer_size 512k;
  client_max_body_size 64m;
  upstream mock { server 127.0.0.1:${upstreamPort}; keepalive 256; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:9301 backlog=4096;
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "Bearer sk-test";
      proxy_buffering off;
    }
  }
}
`,
  );
  return {
    name: "nginx",
    title: "nginx `proxy_pass` (limit)",
    command: ["nginx", "-p", folder, "-c", join(folder, "nginx.conf")],
    port: 9301,
    path: "/v1",
    models: { chat: OPENAI, embed: EMBEDDING },
  };
}

/** The Rust gateway as its Python package ships it; the Python around it only waits. */
function tensorzero({ cache, upstream }: Place): Target {
  const python = venv(cache, "tensorzero", ["tensorzero==2026.6.0"]);
  const config = join(cache, "tensorzero.toml");
  const model = (name: string, type: string, kind: string, base: string): string =>
    `[${kind}."${name}"]\nrouting = ["mock"]\n[${kind}."${name}".providers.mock]\ntype = "${type}"\nmodel_name = "${name}"\napi_base = "${base}"\napi_key_location = "env::MOCK_KEY"\n`;
  writeFileSync(
    config,
    `[gateway]\nobservability.enabled = false\ndisable_pseudonymous_usage_analytics = true\n` +
      model(OPENAI, "openai", "models", `${upstream}/v1/`) +
      model(CLAUDE, "anthropic", "models", `${upstream}/v1`) +
      model(EMBEDDING, "openai", "embedding_models", `${upstream}/v1/`),
  );
  const wait = `import sys, time, tensorzero
gateway = tensorzero._start_http_gateway(config_file=sys.argv[1], clickhouse_url=None, postgres_url=None, valkey_url=None, async_setup=False)
print(gateway.base_url, flush=True)
while True: time.sleep(3600)`;
  return {
    name: "tensorzero",
    title: "TensorZero (Rust)",
    command: [python, "-c", wait, config],
    env: { MOCK_KEY: "sk-test" },
    path: "/openai/v1",
    models: {
      chat: `tensorzero::model_name::${OPENAI}`,
      claude: `tensorzero::model_name::${CLAUDE}`,
      embed: `tensorzero::embedding_model_name::${EMBEDDING}`,
    },
  };
}

/** With the dependencies of its own lock file: newer ones break its streams. */
function portkey({ cache, upstream }: Place): Target {
  const folder = join(cache, "portkey");
  const program = join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js");
  mkdirSync(folder, { recursive: true });
  once(folder, "@portkey-ai/gateway@1.15.2", () => {
    const dependencies = { "@portkey-ai/gateway": "1.15.2", hono: "4.9.7" };
    const overrides = { "@hono/node-server": "1.13.5", "@hono/node-ws": "1.2.0", hono: "4.9.7" };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies, overrides }));
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", ...flags], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  });
  return {
    name: "portkey",
    title: "Portkey on Node 24",
    command: [process.execPath, program, "--headless", "--port=9303"],
    env: { NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "localhost,127.0.0.1" },
    port: 9303,
    path: "/v1",
    models: { chat: OPENAI, claude: CLAUDE, embed: EMBEDDING },
    headers: (kind) => ({
      "x-portkey-custom-host": `${upstream}/v1`,
      "x-portkey-provider": kind === "claude" ? "anthropic" : "openai",
    }),
  };
}

/** One worker, no database, no callbacks, no key: the lean case. */
function litellm({ cache, upstream }: Place): Target {
  const python = venv(cache, "litellm", ["litellm[proxy]==1.106.2"]);
  const config = join(cache, "litellm.json");
  const entry = (name: string, model: string, api_base: string): object => ({
    model_name: name,
    litellm_params: { model, api_base, api_key: "sk-test" },
  });
  writeFileSync(
    config,
    JSON.stringify({
      model_list: [
        entry(PREFIXED.chat, PREFIXED.chat, `${upstream}/v1`),
        entry(PREFIXED.claude, `anthropic/${CLAUDE}`, upstream),
        entry(PREFIXED.embed, PREFIXED.embed, `${upstream}/v1`),
      ],
      litellm_settings: { set_verbose: false, num_retries: 0 },
      general_settings: { disable_spend_logs: true },
    }),
  );
  return {
    name: "litellm",
    title: "LiteLLM",
    command: [
      join(python, "../litellm"),
      "--config",
      config,
      "--host",
      "127.0.0.1",
      "--port",
      "9304",
      "--telemetry",
      "False",
    ],
    env: {
      LITELLM_LOG: "ERROR",
      LITELLM_MODE: "PRODUCTION",
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY: "true",
    },
    port: 9304,
    path: "/v1",
    models: PREFIXED,
  };
}
