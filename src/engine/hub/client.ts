import { Agent, request } from "undici";
import { EngineError } from "../errors.ts";
import { refusal } from "./refusal.ts";

export interface ClientOptions {
  /** `https://huggingface.co`, or a mirror of it; without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
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

/** HTTP to a Hugging Face hub. */
export function createClient({ endpoint, token }: ClientOptions): HubClient {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: SILENCE_TIMEOUT_MS,
  });
  const { origin } = new URL(endpoint);

  async function send(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HubResponse> {
    const authorization = token !== undefined && url.origin === origin ? { authorization: `Bearer ${token}` } : {};
    const sent = { "accept-encoding": "identity", "user-agent": "omniport", ...headers, ...authorization };
    try {
      const { statusCode, headers, body } = await request(url, { dispatcher, headers: sent, signal });
      return { status: statusCode, headers, body: read(body, url, signal) };
    } catch (error) {
      throw networkError(error, url, signal);
    }
  }

  return {
    async get(repo, path, { signal, headers = {}, accept = [] }) {
      let url = new URL(endpoint + path);
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const response = await send(url, headers, signal);
        if (response.status === 200 || accept.includes(response.status)) return response;
        const text = await readText(response.body);
        const location = response.headers["location"];
        if (response.status < 300 || response.status >= 400 || typeof location !== "string")
          throw refusal(response, text, { endpoint, repo, hasToken: token !== undefined });
        url = new URL(location, url);
      }
      throw new EngineError("no_network", `${endpoint} redirected ${path} more than ${MAX_REDIRECTS} times.`);
    },
  };
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
  const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
  return new EngineError(
    "no_network",
    `${url.origin} could not be reached: ${reason || "the connection failed"}${code}. Check the network, or set HF_ENDPOINT to a mirror that can be reached.`,
    { cause: error },
  );
}
