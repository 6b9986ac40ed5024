import { z } from "zod";
import { DEFAULT_TIMEOUTS } from "../gateway/timeouts.ts";
import type { Strategy } from "../gateway/model.ts";
import type { OnStreamBreak } from "../gateway/resume.ts";
import { checkKeepAlive } from "../engine/keep-alive.ts";
import { DEFAULTS } from "./defaults.ts";
import { checkMemory } from "./memory.ts";
import { WORKERS } from "./workers.ts";
import type { Check, GpuMode, NumberRule } from "./rules.ts";
import * as rules from "./rules.ts";

/** What `omniport.yaml` may hold, as written there. */
export interface FileSettings {
  readonly server?: ServerSettings | undefined;
  /** By name: a known provider's settings are changed, another name is one more OpenAI-compatible server. */
  readonly providers?: Readonly<Record<string, ProviderSettings>> | undefined;
  /** Alias → the name of a model, or models that stand in for each other. */
  readonly aliases?: Readonly<Record<string, string | readonly string[] | GroupSettings>> | undefined;
  /** By the model's name. */
  readonly models?: Readonly<Record<string, ModelSettings>> | undefined;
  readonly local?: LocalSettings | undefined;
  readonly drop_params?: boolean | undefined;
  readonly retries?: number | undefined;
  readonly max_wait_s?: number | undefined;
  readonly reroute_refusals?: boolean | undefined;
  readonly on_stream_break?: OnStreamBreak | undefined;
  readonly timeouts?: TimeoutSettings | undefined;
  readonly limits?: LimitsSettings | undefined;
  readonly traffic?: TrafficSettings | undefined;
}

interface TrafficSettings {
  readonly enabled?: boolean | undefined;
  readonly calls?: number | undefined;
  readonly days?: number | undefined;
  readonly record_content?: boolean | undefined;
}

interface LimitsSettings {
  readonly running?: number | undefined;
  readonly queued?: number | undefined;
  readonly wait_s?: number | undefined;
}

export interface GroupSettings {
  readonly models: readonly string[];
  readonly strategy?: Strategy | undefined;
  readonly weights?: readonly number[] | undefined;
  readonly hedge_after_s?: number | undefined;
}

interface ModelSettings {
  readonly context_tokens?: number | undefined;
  readonly timeouts?: TimeoutSettings | undefined;
  readonly max_running?: number | undefined;
  readonly price?: PriceSettings | undefined;
}

export interface PriceSettings {
  readonly input: number;
  readonly output: number;
  readonly cached_input?: number | undefined;
  readonly cache_write?: number | undefined;
}

export interface TimeoutSettings {
  readonly connect_s?: number | undefined;
  readonly headers_s?: number | undefined;
  readonly first_token_s?: number | undefined;
  readonly idle_s?: number | undefined;
  readonly total_s?: number | undefined;
}

interface ServerSettings {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly workers?: number | "auto" | undefined;
  readonly api_keys?: readonly string[] | undefined;
  readonly cors_origins?: readonly string[] | undefined;
  readonly allowed_hosts?: readonly string[] | undefined;
  readonly max_body_mb?: number | undefined;
  readonly max_connections?: number | undefined;
  readonly shutdown_timeout_s?: number | undefined;
  readonly sse_keep_alive_s?: number | undefined;
}

export interface ProviderSettings {
  readonly title?: string | undefined;
  readonly base_url?: string | undefined;
  readonly api_key?: string | undefined;
  readonly api_key_env?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeouts?: TimeoutSettings | undefined;
  readonly prefill?: boolean | undefined;
  readonly max_running?: number | undefined;
}

interface LocalSettings {
  readonly chat?: string | undefined;
  readonly tiny?: string | undefined;
  readonly embed?: string | undefined;
  readonly directories?: readonly string[] | undefined;
  readonly threads?: number | undefined;
  readonly context_tokens?: number | undefined;
  readonly gpu?: GpuMode | undefined;
  readonly memory?: string | undefined;
  readonly keep_alive?: string | undefined;
  readonly preload?: readonly string[] | undefined;
}

const NOT_TEXT = "is no text; put it in quotes";
const NOT_A_MAPPING = "is no mapping; write `name: value` lines, indented below it";
const NOT_A_LIST = "is no list; write [one, two], or one `- value` a line";

function text(description: string, check?: Check) {
  const schema = z.string({ error: NOT_TEXT });
  return (check === undefined ? schema : schema.check(complain(check))).describe(description);
}

/** Digits in quotes, as a variable's value comes, count as a number too. */
function number(rule: NumberRule, description: string) {
  const error = rule.complaint;
  const schema = z.int({ error }).min(rule.min, { error }).max(rule.max, { error }).describe(description);
  return z.preprocess((value) => (typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value), schema);
}

function decimal({ min, max, complaint: error }: NumberRule, description: string) {
  return z.number({ error }).min(min, { error }).max(max, { error }).describe(description);
}

function list(description: string, check: Check) {
  return z.array(z.string({ error: NOT_TEXT }).check(complain(check)), { error: NOT_A_LIST }).describe(description);
}

function complain(check: Check) {
  return (context: z.core.ParsePayload<string>) => {
    const message = check(context.value);
    if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message, continue: true });
  };
}

const checkBaseUrl: Check = (value) =>
  rules.hasCredentials(value)
    ? "holds a user name or password; write it without, and set api_key or headers instead"
    : rules.checkBaseUrl(value);

const checkText: Check = (value) =>
  value.trim() === "" ? "is empty; write something or leave the line out" : undefined;

const server = z.strictObject(
  {
    host: text(`The address to listen on. Default: ${DEFAULTS.host}, this machine only.`, rules.checkHost).optional(),
    port: number(rules.PORT, `The port to listen on; 0 takes a free one. Default: ${DEFAULTS.port}.`).optional(),
    workers: z
      .union([number(WORKERS, "So many."), z.literal("auto", { error: WORKERS.complaint })], {
        error: WORKERS.complaint,
      })
      .describe(`How many processes answer calls; auto: one a core. Default: ${DEFAULTS.workers}.`)
      .optional(),
    api_keys: list(
      "Keys of which clients must send one. Default: none, any key is accepted.",
      rules.checkKey,
    ).optional(),
    cors_origins: list(
      "Web pages that may call this server from a browser, as origins. Default: pages on this machine.",
      rules.checkOrigin,
    ).optional(),
    allowed_hosts: list(
      "Further names under which clients may call this server (the Host header, without port).",
      rules.checkAllowedHost,
    ).optional(),
    max_body_mb: number(rules.MAX_BODY_MIB, `The largest request, in MiB. Default: ${DEFAULTS.maxBodyMiB}.`).optional(),
    max_connections: number(
      rules.MAX_CONNECTIONS,
      `The most connections open at a time. Default: ${DEFAULTS.maxConnections}.`,
    ).optional(),
    shutdown_timeout_s: number(
      rules.SHUTDOWN_TIMEOUT_S,
      `How many seconds running calls may take to end when the server stops. Default: ${DEFAULTS.shutdownTimeoutS}.`,
    ).optional(),
    sse_keep_alive_s: number(
      rules.KEEP_ALIVE_S,
      `After how many seconds of silence a stream says with a comment that it is alive; 0: never. Default: ${DEFAULTS.keepAliveS}.`,
    ).optional(),
  },
  { error: NOT_A_MAPPING },
);

const timeouts = z.strictObject(
  {
    connect_s: decimal(rules.SECONDS, "Until a connection is accepted. Default: 10. Not for single models.").optional(),
    headers_s: decimal(
      rules.SECONDS,
      `Until the answer begins. Default: 600; ${DEFAULT_TIMEOUTS.headersWithFallbackMs / 1000} for a whole answer where another model could stand in.`,
    ).optional(),
    first_token_s: decimal(
      rules.SECONDS,
      `Until a stream says something. Default: none; ${DEFAULT_TIMEOUTS.firstTokenWithFallbackMs / 1000} where another model could stand in.`,
    ).optional(),
    idle_s: decimal(
      rules.SECONDS,
      `Silence within an answer. Default: ${DEFAULT_TIMEOUTS.idleMs / 1000}; as first_token_s where another model could go on with it.`,
    ).optional(),
    total_s: decimal(rules.SECONDS, `One attempt in all. Default: ${DEFAULT_TIMEOUTS.totalMs / 1000}.`).optional(),
  },
  { error: NOT_A_MAPPING },
);

const limits = z.strictObject(
  {
    running: number(rules.RUNNING, "How many calls run at once, all providers together. Default: no limit.").optional(),
    queued: number(
      rules.QUEUED,
      `How many wait for their turn behind each limit. Default: ${DEFAULTS.queued}.`,
    ).optional(),
    wait_s: number(rules.WAIT_S, `How many seconds one waits at most. Default: ${DEFAULTS.queueWaitS}.`).optional(),
  },
  { error: NOT_A_MAPPING },
);

const traffic = z.strictObject(
  {
    enabled: z.boolean({ error: "is neither true nor false" }).describe("Default: true.").optional(),
    calls: number(rules.TRAFFIC_CALLS, `How many calls are kept. Default: ${DEFAULTS.trafficCalls}.`).optional(),
    days: number(rules.TRAFFIC_DAYS, `How many days they are kept. Default: ${DEFAULTS.trafficDays}.`).optional(),
    record_content: z
      .boolean({ error: "is neither true nor false" })
      .describe("Whether what is said is kept, too: prompts and answers, as plain text on this disk. Default: false.")
      .optional(),
  },
  { error: NOT_A_MAPPING },
);

const group = z.strictObject(
  {
    models: list("Models that stand in for each other, or aliases of such.", rules.checkModelName).min(1, {
      error: "is empty; name a model",
    }),
    strategy: z
      .enum(rules.STRATEGIES, { error: `is unknown; write one of ${rules.STRATEGIES.join(", ")}` })
      .describe("Which of them is asked first. Default: ordered, as they are written.")
      .optional(),
    weights: z
      .array(decimal(rules.WEIGHT, "A share of the calls."), { error: NOT_A_LIST })
      .describe("For strategy: weighted. The share of each model, in their order. Default: 1 each.")
      .optional(),
    hedge_after_s: decimal(
      rules.HEDGE_S,
      "When the next model is asked, too, if the first has not begun to answer; the first answer counts. Default: never.",
    ).optional(),
  },
  { error: NOT_A_MAPPING },
);

const alias = z
  .union(
    [
      text("The name of a model.", rules.checkModelName),
      list("Models, the first to ask in front.", rules.checkModelName),
      group,
    ],
    {
      error: "is no model; write its name, a list of names, or `models:` with a list below it",
    },
  )
  .describe("A model, or several that stand in for each other.");

const price = z.strictObject(
  {
    input: decimal(rules.PRICE, "What it reads."),
    output: decimal(rules.PRICE, "What it writes."),
    cached_input: decimal(rules.PRICE, "What it reads of its own cache. Default: as input.").optional(),
    cache_write: decimal(rules.PRICE, "What it reads and puts there. Default: as input.").optional(),
  },
  { error: NOT_A_MAPPING },
);

const model = z.strictObject(
  {
    context_tokens: number(
      rules.CONTEXT_TOKENS,
      "How long a conversation it takes: one that is too long for another model goes to a larger one only.",
    ).optional(),
    timeouts: timeouts.describe("How long it may take, in seconds; 0 waits for ever.").optional(),
    max_running: number(rules.RUNNING, "How many calls it gets at once. Default: no limit.").optional(),
    price: price
      .describe(
        "In US dollars for a million tokens: for what calls cost, and for strategy: cheapest. Default: the provider's list price, where it is known.",
      )
      .optional(),
  },
  { error: NOT_A_MAPPING },
);

const provider = z.strictObject(
  {
    title: text("What to call it in messages.", checkText).optional(),
    base_url: text("Where it answers, up to and with /v1. Required for a new provider.", checkBaseUrl).optional(),
    api_key: text(
      "Its key. Better: api_key_env, or ${NAME}, which is replaced from the environment.",
      rules.checkKey,
    ).optional(),
    api_key_env: text("The environment variable that holds its key.", rules.checkVariableName).optional(),
    headers: z
      .record(
        z.string().check(complain(rules.checkHeaderName)),
        text("The value of the header.", rules.checkHeaderValue),
        { error: NOT_A_MAPPING },
      )
      .describe("Headers sent with every call.")
      .optional(),
    timeouts: timeouts.describe("How long it may take, in seconds; 0 waits for ever.").optional(),
    prefill: z
      .boolean({ error: "is neither true nor false" })
      .describe("For a new provider: whether its models go on with an assistant's message at the end. Default: false.")
      .optional(),
    max_running: number(rules.RUNNING, "How many calls it gets at once. Default: no limit.").optional(),
  },
  { error: NOT_A_MAPPING },
);

const local = z.strictObject(
  {
    chat: text(`What local/chat stands for. Default: ${DEFAULTS.chat}.`, rules.checkReference).optional(),
    tiny: text(`What local/tiny stands for. Default: ${DEFAULTS.tiny}.`, rules.checkReference).optional(),
    embed: text(`What local/embed stands for. Default: ${DEFAULTS.embed}.`, rules.checkReference).optional(),
    directories: list(
      "Folders from which models may be served by path; relative ones start at this file.",
      checkText,
    ).optional(),
    threads: number(rules.THREADS, "Computing threads. Default: one fewer than the physical cores.").optional(),
    context_tokens: number(
      rules.CONTEXT_TOKENS,
      `The longest context of a local model, in tokens. Default: ${DEFAULTS.contextTokens}.`,
    ).optional(),
    gpu: z
      .enum(rules.GPU_MODES, { error: `is unknown; write one of ${rules.GPU_MODES.join(", ")}` })
      .describe(`Whether to compute on a graphics card, if there is one. Default: ${DEFAULTS.gpu}.`)
      .optional(),
    memory: text(
      `What models in memory may take together: 8GB, or 50% of what is free at the start. Default: ${DEFAULTS.memory}.`,
      checkMemory,
    ).optional(),
    keep_alive: z
      .preprocess(
        (value) => (typeof value === "number" ? String(value) : value),
        text(
          `How long a model stays in memory when nobody uses it: 300, 5m, 1h, -1 for ever. Default: ${DEFAULTS.keepAlive}.`,
          checkKeepAlive,
        ),
      )
      .optional(),
    preload: list("Models that are loaded when the server starts.", rules.checkLocalModel).optional(),
  },
  { error: NOT_A_MAPPING },
);

export const fileSchema: z.ZodType<FileSettings> = z
  .strictObject(
    {
      server: server.describe("How clients reach this server.").optional(),
      providers: z
        .record(z.string().check(complain(rules.checkProviderName)), provider, { error: NOT_A_MAPPING })
        .describe("Settings of known providers, and further OpenAI-compatible servers, by name.")
        .optional(),
      aliases: z
        .record(z.string().check(complain(rules.checkModelName)), alias, { error: NOT_A_MAPPING })
        .describe("Names of your own for models.")
        .optional(),
      models: z
        .record(z.string().check(complain(rules.checkModelName)), model, { error: NOT_A_MAPPING })
        .describe("Settings of single models, by their names.")
        .optional(),
      local: local.describe("Models on this machine.").optional(),
      drop_params: z
        .boolean({ error: "is neither true nor false" })
        .describe("Drops request fields that a provider cannot honour, instead of refusing them. Default: false.")
        .optional(),
      retries: number(
        rules.RETRIES,
        `How often a model is asked again after a passing fault. Default: ${DEFAULTS.retries}.`,
      ).optional(),
      max_wait_s: number(
        rules.WAIT_S,
        `How long to wait for a provider that asks for it (Retry-After); longer waits are the client's. Default: ${DEFAULTS.maxWaitS}.`,
      ).optional(),
      reroute_refusals: z
        .boolean({ error: "is neither true nor false" })
        .describe("Asks the next model what the rules of one provider forbid. Default: false.")
        .optional(),
      on_stream_break: z
        .enum(rules.ON_STREAM_BREAK, { error: `is unknown; write one of ${rules.ON_STREAM_BREAK.join(", ")}` })
        .describe(
          `Where an answer breaks off: resume asks for the rest, if that is possible; error says so. Default: ${DEFAULTS.onStreamBreak}.`,
        )
        .optional(),
      limits: limits.describe("How many calls run at once, and how many wait.").optional(),
      traffic: traffic.describe("What is kept of calls, for the page's traffic view.").optional(),
      timeouts: timeouts.describe("How long providers may take, in seconds; 0 waits for ever.").optional(),
    },
    { error: NOT_A_MAPPING },
  )
  .describe("The configuration file of Omniport.");

/** The same for editors. Source: https://json-schema.org/draft/2020-12 */
export function jsonSchema(): object {
  return { title: "omniport.yaml", ...z.toJSONSchema(fileSchema, { io: "input" }) };
}

/** The keys that may stand at that path of the file. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema: z.core.$ZodType = unwrap(fileSchema);
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = unwrap(schema.shape[String(step)] ?? z.never());
    else if (schema instanceof z.ZodRecord) schema = unwrap(schema.valueType);
    else return [];
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Of a choice, the mapping: the other forms have no keys. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject) ?? schema;
  return schema;
}
