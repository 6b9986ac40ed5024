import type { ChatCompletionRequest } from "../../src/api/chat.ts";
import { Json } from "../../src/api/json.ts";
import { createReceipt } from "../../src/api/receipt.ts";
import type { ToolState } from "../../src/api/tool-state.ts";
import type { Call } from "../../src/providers/provider.ts";
import { createMemoryToolState } from "../../src/store/tool-state.ts";
import type { UpstreamRequest } from "../../src/upstream/upstream.ts";
import { bodyText } from "../body-text.ts";

/** What a fake vendor says to one request: JSON with status 200, unless told otherwise. */
export interface VendorAnswer {
  readonly status?: number;
  /** A text goes out as it is. */
  readonly body: unknown;
}

export interface FakeVendor {
  /** What came in, oldest first. */
  readonly sent: readonly { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
  /** A call of a provider whose upstream is this vendor. */
  call<Body = ChatCompletionRequest>(body: object, change?: Partial<Call<Body>>): Call<Body>;
}

/** A vendor without a network: each request is answered by what `answer` makes of it. */
export function fakeVendor(
  answer: (path: string, body: Readonly<Record<string, unknown>>) => VendorAnswer,
  toolState: ToolState = createMemoryToolState(),
): FakeVendor {
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  const send = async ({ url, body = "{}" }: UpstreamRequest) => {
    const request = { path: new URL(url).pathname, body: JSON.parse(bodyText(body)) as Record<string, unknown> };
    sent.push(request);
    const { status = 200, body: said } = answer(request.path, request.body);
    const text = typeof said === "string" ? said : JSON.stringify(said);
    return { status, headers: {}, body: once(Buffer.from(text)) };
  };
  // Each vendor has an address of its own: what a provider remembers of one must not be taken for another's.
  const baseUrl = `http://fake-${crypto.randomUUID()}`;
  const upstream = { send, close: async () => {} };
  return {
    sent,
    call: <Body>(body: object, change: Partial<Call<Body>> = {}) => ({
      model: "m",
      body: Json.fromValue({ model: "fake/m", ...body } as Body),
      connection: { baseUrl, key: undefined, headers: {}, options: {}, upstream },
      receipt: createReceipt(false),
      toolState,
      signal: new AbortController().signal,
      ...change,
    }),
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
