/*
 * What the API's errors say. Each says what was wrong, with the value, and what would be right. The other languages have
 * the same keys, or do not compile. A provider's own words are no part of this: they are shown as they came.
 */

import type { Translated } from "./language.ts";

/** What a field should have been; a list of values means one of them. */
export type Expected = Expectation | readonly string[];

export type Expectation =
  | "a string"
  | "a boolean"
  | "a number"
  | "an integer"
  | "an object"
  | "some text"
  | "a string or an object"
  | "a string or an array of strings"
  | "a string or an array of content parts"
  | "a string of JSON"
  | "a string, as the entries before it"
  | "a string, or an object with a 'text'"
  | "a string, an array of strings, an array of token ids, or an array of those"
  | "a non-empty array of token ids"
  | "an array of messages"
  | "an array of tools"
  | "an array of tool calls"
  | "an array of strings, or of objects with a 'text'"
  | "an array of names of models"
  | "an object with a 'url'"
  | "an object with a 'name'"
  | "an object with a 'name' and a 'schema'"
  | "the name of a model";

/** What a field was instead. */
export type Found =
  | "null"
  | "an array"
  | "an integer"
  | "a decimal number"
  | "an object"
  | "a string"
  | "a boolean"
  | "a undefined";

/** What a provider did not do before its clock ran out. */
export type Step =
  | "accept a connection"
  | "answer"
  | "send its first token"
  | "go on with its answer"
  | "end its answer";

/** What the engine for local models could not do; its own codes. */
export type EngineFault =
  /** No such repository, revision or file. */
  | "model_not_found"
  /** The repository's licence must be accepted, or it is private and there is no token. */
  | "gated"
  /** The hub refused the token. */
  | "bad_token"
  /** The hub, and whatever else may have the files, could not be reached. */
  | "no_network"
  /** The download arrived with another checksum than the hub announced. */
  | "corrupt"
  | "disk_full"
  | "out_of_memory"
  /** A native package that is optional is not installed. */
  | "not_installed"
  /** An architecture or format that the engine cannot run. */
  | "unsupported"
  | "context_length_exceeded"
  /** The request itself is wrong, for example a path outside the allowed folders. */
  | "bad_request"
  /** Too many calls wait already. */
  | "busy";

export type ErrorMessages = typeof english;

export const english = {
  // The request
  missingParameter: (path: string): string => `Missing required parameter: '${path}'.`,
  wrongType: (path: string, expected: Expected, found: Found): string =>
    `Invalid type for '${path}': expected ${nameOf(expected)}, but got ${found} instead.`,
  wrongValue: (path: string, value: string, supported: readonly string[]): string =>
    `Invalid value for '${path}': '${value}'. Supported values are: ${quoted(supported)}.`,
  outOfRange: (path: string, kind: "integer" | "decimal", value: number, bound: number): string =>
    value < bound
      ? `Invalid '${path}': ${kind} below minimum value. Expected a value >= ${bound}, but got ${value} instead.`
      : `Invalid '${path}': ${kind} above maximum value. Expected a value <= ${bound}, but got ${value} instead.`,
  unsupportedParameter: (path: string, why: Translated): string => `Unsupported parameter: '${path}' ${why.en}`,
  streamOptions: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
  emptyMessages:
    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  emptyArray: (path: string, expected: Expectation): string =>
    `Invalid '${path}': an empty array. Expected ${expected}.`,
  emptyText: (path: string): string => `Invalid '${path}': an empty string. Expected some text.`,
  tooManyEntries: (path: string, count: number, max: number): string =>
    `Invalid '${path}': an array of ${count} entries. At most ${max} are allowed in one call.`,
  tooManyModels: (path: string, count: number, max: number): string =>
    `Invalid '${path}': ${count} models. At most ${max} can be named.`,
  tooManyAnswers: (max: number): string => `Invalid 'n': this provider gives at most ${max} answers.`,
  modelNameTooLong: (max: number): string => `Invalid 'model': a name has at most ${max} characters.`,
  modelNameMalformed: "Invalid 'model': a name is no half of a surrogate pair.",
  topLogprobs: "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",

  // The body
  bodyNotUtf8: "The body is not valid UTF-8.",
  bodyEmpty: "The body is empty: send a JSON object.",
  bodyNoJson: (reason: string): string => `The body is not valid JSON: ${reason}`,
  bodyNoObject: "The body must be a JSON object.",
  bodyTooDeep: (levels: number): string => `The body is nested more than ${levels} levels deep.`,
  bodyTooLarge: (megabytes: number): string => `The body is too large: at most ${megabytes} MiB are accepted.`,
  contentType: (type: string): string => `The content type '${type}' is not supported: send 'application/json'.`,
  charset: (charset: string): string => `The charset '${charset}' is not supported: send 'utf-8'.`,
  contentEncoding: (encoding: string): string =>
    `The content encoding '${encoding}' is not supported: send the body as it is.`,

  // The way to the route
  notHttp: "The request is not valid HTTP.",
  noProxy: (url: string): string => `Not allowed to CONNECT to ${url}: this server is no proxy.`,
  headersTooLarge: "The headers are too large: at most 16 KiB are accepted.",
  requestTooSlow: "The request did not arrive in time.",
  hostMissing: "The 'Host' header is missing.",
  hostNotAllowed: (host: string): string =>
    `The host name '${host}' is not allowed: call the server by its address, or add the name to server.allowed_hosts in omniport.yaml.`,
  originNotAllowed: (origin: string): string =>
    `Pages from '${origin}' may not call this server: add the origin to server.cors_origins in omniport.yaml.`,
  clientKeyMissing: "No API key: send it as `Authorization: Bearer <key>`.",
  clientKeyWrong: "Incorrect API key: it is none of those in OMNIPORT_API_KEY.",
  urlMalformed: (path: string): string =>
    `Invalid URL: '${path}' has a '%' that is not followed by two hexadecimal digits.`,
  urlUnknown: (method: string, path: string): string =>
    `Unknown request URL: ${method} ${path}. See the documentation for the URLs that are served.`,
  methodNotAllowed: (method: string, path: string, allowed: string): string =>
    `Not allowed to ${method} on ${path}. Allowed: ${allowed}.`,
  stopping: "The server is stopping.",
  unexpected: "The server had an error while processing your request.",

  // The page, and those who run the server
  adminOff:
    "/admin is off, because this server can be reached from other machines and asks for no key: set OMNIPORT_API_KEY, or HOST=127.0.0.1, and start again.",
  pageOff:
    "The page is off, because this server can be reached from other machines and asks for no key: set OMNIPORT_API_KEY, or HOST=127.0.0.1, and start again.",
  otherPage: (origin: string | undefined): string =>
    `/admin is for this server's own page and for programs, not for pages from ${origin ?? "another origin"}.`,
  pageHeaderMissing: "Send the header `x-omniport-page: 1`, from this server's own page.",
  pageFileUnknown: (name: string): string => `The page has no file '${name}'.`,
  trafficOff: "Calls are not recorded: TRAFFIC is off. Set TRAFFIC=on and start again.",
  trafficUnreadable: "The recorded calls cannot be read at the moment; the server's log says why.",
  callUnknown: (requestId: string): string => `There is no record of a call '${requestId}': it may be too old.`,
  noWholeNumber: (name: string, value: string, max: number): string =>
    `Invalid '${name}': '${value}' is no whole number from 1 to ${max}.`,

  // Models
  modelNotFound: (model: string, nearest: readonly string[]): string =>
    nearest.length > 0
      ? `The model '${model}' does not exist. Did you mean ${quoted(nearest)}?`
      : `The model '${model}' does not exist. Names look like 'openai/gpt-4o' or 'local/chat'; GET /v1/models lists those that are known.`,
  notStored: (model: string): string =>
    `'${model}' is no model on this machine: only those of 'huggingface/…' and 'local/…' can be fetched, unloaded and removed.`,
  severalModels: (model: string): string => `'${model}' stands for several models: name one of them.`,
  noEmbeddings: (provider: string, model: string): string =>
    `${provider} has no embeddings, so '${model}' cannot make any.`,
  noReranking: (provider: string, model: string): string =>
    `${provider} has no reranking, so '${model}' cannot rank documents. Cross-encoders such as 'huggingface/BAAI/bge-reranker-v2-m3' can, on this machine, and so can rerankers on vLLM, Text Embeddings Inference, Jina or Cohere.`,
  providerKeyMissing: (provider: string, variables: readonly string[]): string =>
    `No key for ${provider}: set ${variables.join(" or ")} in the environment or in .env, then start again.`,
  providerAddressMissing: (provider: string, variables: readonly string[]): string =>
    `No address for ${provider}: set ${variables.join(" or ")} in the environment or in .env, then start again.`,
  tooBusy: (what: string): string => `Too many calls at once: ${what} takes no more for the moment. Try again soon.`,
  nobodyToAsk: "There is no model left that could be asked.",
  stillLimited: (model: string, seconds: number): string =>
    `The provider of '${model}' takes no more calls for ${seconds} s: its rate limit is reached.`,

  // Providers
  unreachable: (host: string, code: string | undefined): string =>
    `Could not reach ${host}${code === undefined ? "" : ` (${code})`}.`,
  proxyRefused: (host: string, status: string): string =>
    `The proxy refused the way to ${host} (status ${status}). Check HTTPS_PROXY and HTTP_PROXY, with user name and password, or name the host in NO_PROXY.`,
  untrusted: (host: string, code: string): string =>
    `The certificate of ${host} is not trusted (${code}). If it is right, set NODE_EXTRA_CA_CERTS in the environment (not in .env) to a PEM file with the certificate of its authority, and start again.`,
  redirected: (host: string, status: number, target: string | undefined): string =>
    `${host} redirects${target === undefined ? "" : ` to ${target}`} (status ${status}), which is not followed, because the key would go there, too. If that is right, set it as the provider's address.`,
  timeout: (host: string, step: Step): string => `${host} did not ${step} in time.`,
  broke: (host: string): string => `${host} ended its answer before it was complete.`,
  brokeOff: (reason: string): string => `The provider broke the answer off: ${reason}.`,
  unreadable: (host: string): string => `${host} sent an answer that could not be read.`,
  answeredWithStatus: (provider: string, status: number): string => `${provider} answered with status ${status}.`,
  answerTooLong: (bytes: number): string => `The provider's answer is longer than ${bytes} bytes.`,
  lineTooLong: (characters: number): string => `The provider sent a line longer than ${characters} characters.`,
  eventTooLong: (characters: number): string => `The provider sent an event longer than ${characters} characters.`,
  diverged: "The second answer is another one than the first.",
  formatViolated: (problem: string): string =>
    `The model's answer does not fit the 'response_format': ${problem}. Try again, or simplify the schema.`,

  // Why a parameter cannot be honoured: what follows its name
  oldForm: (now: string): string => `is the old form of '${now}'. Use that.`,
  oldRole: "is 'function', the old form of 'tool'. Use that with a 'tool_call_id'.",
  unknownHere: (instead: string): string => `is not known here: use '${instead}'.`,
  schemaTooRich: (reason: Translated): string => `is more than a grammar can say. ${reason.en}`,

  // Images from the web
  tooManyImages: (max: number): string => `At most ${max} images can be fetched for one call.`,
  imageUnreachable: (url: string): string => `The image at ${url} could not be fetched.`,
  imageRefused: (url: string, status: number): string => `The image at ${url} could not be fetched: status ${status}.`,
  imageHostUnknown: (url: string): string => `The host of ${url} is not known.`,
  imageHostPrivate: (url: string): string =>
    `The host of ${url} is on a private network, from which no images are fetched.`,
  imageTooLarge: (url: string, megabytes: number): string => `The image at ${url} is larger than ${megabytes} MiB.`,
  imageUnknown: (url: string): string => `What lies at ${url} is no JPEG, PNG, GIF or WebP image.`,
  imageAddress: (url: string): string => `'${url}' is no http or https address.`,

  // Models on this machine
  engineStopped: "The engine for local models stopped in the middle of the call. Try again: it starts anew.",
  engineRests: (seconds: number): string =>
    `The engine for local models crashed several times and rests for ${seconds} s; its log says why.`,
};

function nameOf(expected: Expected): string {
  return typeof expected === "string" ? expected : `one of ${quoted(expected)}`;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(", ");
}
