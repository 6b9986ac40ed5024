import { z } from "zod";
import { DEFAULTS } from "./defaults.ts";
import type { Check, GpuMode, NumberRule } from "./rules.ts";
import * as rules from "./rules.ts";

/** What `omniport.yaml` may hold, as written there. */
export interface FileSettings {
  readonly server?: ServerSettings | undefined;
  /** By name: a known provider's settings are changed, another name is one more OpenAI-compatible server. */
  readonly providers?: Readonly<Record<string, ProviderSettings>> | undefined;
  /** Alias → the name of a model. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  readonly local?: LocalSettings | undefined;
  readonly drop_params?: boolean | undefined;
}

interface ServerSettings {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly api_keys?: readonly string[] | undefined;
  readonly cors_origins?: readonly string[] | undefined;
  readonly allowed_hosts?: readonly string[] | undefined;
  readonly max_body_mb?: number | undefined;
  readonly max_connections?: number | undefined;
  readonly shutdown_timeout_s?: number | undefined;
}

export interface ProviderSettings {
  readonly title?: string | undefined;
  readonly base_url?: string | undefined;
  readonly api_key?: string | undefined;
  readonly api_key_env?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

interface LocalSettings {
  readonly chat?: string | undefined;
  readonly tiny?: string | undefined;
  readonly embed?: string | undefined;
  readonly directories?: readonly string[] | undefined;
  readonly threads?: number | undefined;
  readonly context_tokens?: number | undefined;
  readonly gpu?: GpuMode | undefined;
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

function list(description: string, check: Check) {
  return z.array(z.string({ error: NOT_TEXT }).check(complain(check)), { error: NOT_A_LIST }).describe(description);
}

function complain(check: Check) {
  return (context: z.core.ParsePayload<string>) => {
    const message = check(context.value);
    if (message !== undefined) context.issues.push({ code: "custom", input: context.value, message });
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
        .record(z.string().check(complain(rules.checkModelName)), text("The name of a model.", rules.checkModelName), {
          error: NOT_A_MAPPING,
        })
        .describe("Names of your own for models.")
        .optional(),
      local: local.describe("Models on this machine.").optional(),
      drop_params: z
        .boolean({ error: "is neither true nor false" })
        .describe("Drops request fields that a provider cannot honour, instead of refusing them. Default: false.")
        .optional(),
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

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}
