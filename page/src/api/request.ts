import { type ReadonlySignal, signal } from "@preact/signals";
import { language } from "../text/text.ts";

/** What the server answered in place of what was asked for: OpenAI's error, with its status. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string | undefined;
  readonly param: string | undefined;

  constructor(status: number, message: string, code?: string, param?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

const refused = signal(0);

/** How many requests were refused for want of a key: then the session may be over. */
export const refusals: ReadonlySignal<number> = refused;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A request to the server that this page comes from.
 * @throws ApiFailure for an answer that is an error, or none; AbortError.
 */
export async function send(path: string, { method = "GET", body, signal }: RequestOptions = {}): Promise<Response> {
  const response = await fetch(path, {
    method,
    signal: signal ?? null,
    headers: {
      "accept-language": language.value,
      "x-omniport-page": "1", // without it the server does not take the page's cookie for a key
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((thrown: unknown) => {
    throw signal?.aborted === true ? thrown : new ApiFailure(0, String(thrown), "no_answer");
  });
  if (response.status === 401) refused.value++;
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** The answer's JSON, taken for the type that the route promises. */
export async function requestJson<Answer>(path: string, options?: RequestOptions): Promise<Answer> {
  const response = await send(path, options);
  return (await response.json()) as Answer;
}

async function failureOf(response: Response): Promise<ApiFailure> {
  return failure(response.status, await response.text());
}

/** @param body OpenAI's error, also as an event of a stream. */
export function failure(status: number, body: string): ApiFailure {
  const { message, code, param } = errorIn(body);
  return new ApiFailure(status, message ?? `HTTP ${status}`, code ?? undefined, param ?? undefined);
}

interface WireError {
  readonly message?: string;
  readonly code?: string | null;
  readonly param?: string | null;
}

function errorIn(body: string): WireError {
  try {
    const { error } = JSON.parse(body) as { readonly error?: WireError };
    return error ?? {};
  } catch {
    return {}; // a proxy's own page
  }
}
