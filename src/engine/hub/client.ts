import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { say } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";
import { refusal } from "./refusal.ts";

export interface ClientOptions {
  /** `https://huggingface.co`, or a mirror of it; without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** The way to the network, where it is not the direct one. */
  readonly dispatcher?: Dispatcher;
  /** Before a request is sent again that the hub was too busy for, unless it says how long to wait; doubled each time. */
  readonly retryDelayMs: number;
}

/** An answer whose body is still to be read; leaving the iteration hangs up. */
export interface HubResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface HubClient {
  /**
   * Sends a GET for one of the repository's resources, and follows redirects; only the endpoint itself sees the token.
   * A hub that is too busy, or has a passing fault, is asked again, after as long as it says.
   *
   * @param path begins with `/` and is encoded already.
   * @throws EngineError what the hub's refusal means, or `no_network`; the signal's reason when aborted.
   */
  get(repo: string, path: string, options: GetOptions): Promise<HubResponse>;
}

export interface GetOptions {
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are given back besides 200, not thrown. */
  readonly accept?: readonly number[];
}

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** A transfer that is silent for so long is taken as broken. */
const SILENCE_TIMEOUT_MS = 60_000;
const MAX_REDIRECTS = 5;
const MAX_TRIES = 3;
/** A hub that asks for a longer wait is not waited for. */
const MAX_WAIT_MS = 20_000;
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** HTTP to a Hugging Face hub. */
export function createClient({ endpoint, token, retryDelayMs, dispatcher }: ClientOptions): HubClient {
  const timeouts = { headersTimeout: HEADERS_TIMEOUT_MS, bodyTimeout: SILENCE_TIMEOUT_MS };
  const { origin } = new URL(endpoint);
  let ownDispatcher: Dispatcher | undefined;

  async function send(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HubResponse> {
    const authorization = token !== undefined && url.origin === origin ? { authorization: `Bearer ${token}` } : {};
    const sent = { "accept-encoding": "identity", "user-agent": "omniport", ...headers, ...authorization };
    // Not many models are downloaded: it is loaded for the first.
    const { Agent, request } = await import("undici");
    const way = dispatcher ?? (ownDispatcher ??= new Agent({ connectTimeout: CONNECT_TIMEOUT_MS }));
    try {
      const { statusCode, headers, body } = await request(url, { dispatcher: way, headers: sent, signal, ...timeouts });
      return { status: statusCode, headers, body: read(body, url, signal) };
    } catch (error) {
      throw networkError(error, url, signal);
    }
  }

  /** Sends it again as long as the hub is too busy for it. */
  async function sendPatiently(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HubResponse> {
    for (let tries = 1; ; tries++) {
      const response = await send(url, headers, signal);
      const waitMs = retryAfterMs(response) ?? retryDelayMs * 2 ** (tries - 1);
      if (!PASSING.has(response.status) || tries === MAX_TRIES || waitMs > MAX_WAIT_MS) return response;
      for await (const _ of response.body) break;
      await sleep(waitMs, undefined, { signal });
    }
  }

  return {
    async get(repo, path, { signal, headers = {}, accept = [] }) {
      let url = new URL(endpoint + path);
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const response = await sendPatiently(url, headers, signal);
        if (response.status === 200 || accept.includes(response.status)) return response;
        const text = await readText(response.body);
        const location = response.headers["location"];
        if (response.status < 300 || response.status >= 400 || typeof location !== "string")
          throw refusal(response, text, { endpoint, repo, hasToken: token !== undefined });
        url = new URL(location, url);
      }
      throw new EngineError("no_network", say.hubRedirects(endpoint, path, MAX_REDIRECTS));
    },
  };
}

/** In seconds; a date is not read. Source: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs({ headers }: HubResponse): number | undefined {
  const value = headers["retry-after"];
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) * 1000 : undefined;
}

/** A body's text, as far as anyone wants to read it in an error. */
async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > 2000) break;
  }
  return text;
}

async function* read(body: AsyncIterable<Buffer>, url: URL, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw networkError(error, url, signal);
  }
}

function networkError(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const told = reason.includes(code) ? reason : `${reason} (${code})`;
  return new EngineError("no_network", say.hubUnreachable(url.origin, told), { cause: error });
}
