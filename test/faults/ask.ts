import assert from "node:assert/strict";
import { post } from "../fronted.ts";
import type { TestServer } from "../omniport.ts";

/** What a client has heard of one call, whether it was streamed or came whole. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The names and arguments of tool calls. */
  readonly calls: string;
  readonly finishReason: string | undefined;
  readonly model: string | undefined;
  readonly usage: object | undefined;
  /** Whether it ended as it should. */
  readonly isWhole: boolean;
  readonly error: { readonly message: string; readonly code: string | null } | undefined;
}

interface Said {
  readonly content?: string | null;
  readonly tool_calls?: readonly { readonly function?: { readonly name?: string; readonly arguments?: string } }[];
}

interface AnyBody {
  readonly model?: string;
  readonly choices?: readonly {
    readonly delta?: Said;
    readonly message?: Said;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: object | null;
  readonly error?: { readonly message: string; readonly code: string | null };
}

export async function askFor(
  { api }: Pick<TestServer, "api">,
  body: object,
  headers: Record<string, string> = {},
): Promise<Heard> {
  const response = await post(`${api}/chat/completions`, JSON.stringify(body), {
    headers: { "content-type": "application/json", ...headers },
    signal: AbortSignal.timeout(10_000),
  });
  const raw = await response.text();
  const isStream = raw.startsWith("data: ");
  const parts = isStream ? raw.split("\n\n").filter((part) => part !== "" && part !== "data: [DONE]") : [raw];
  const all = parts.map((part) => JSON.parse(part.replace(/^data: /, "")) as AnyBody);
  const choices = all.flatMap((one) => one.choices ?? []);
  const said = choices.map(({ delta, message }) => delta ?? message ?? {});
  const called = said.flatMap(({ tool_calls }) => tool_calls ?? []).map((call) => call.function ?? {});
  return {
    status: response.status,
    headers: response.headers,
    text: said.map(({ content }) => content ?? "").join(""),
    calls: called.map(({ name = "", arguments: args = "" }) => name + args).join(""),
    finishReason: choices.find(({ finish_reason }) => finish_reason != null)?.finish_reason ?? undefined,
    model: all.find((one) => one.choices)?.model,
    usage: all.findLast(({ usage }) => usage != null)?.usage ?? undefined,
    isWhole: isStream ? raw.endsWith("data: [DONE]\n\n") : response.status === 200,
    error: all.find(({ error }) => error)?.error,
  };
}

export function assertAnswer(heard: Heard, text: string, model: string): void {
  assert.deepEqual(
    { status: heard.status, text: heard.text, isWhole: heard.isWhole, error: heard.error, model: heard.model },
    { status: 200, text, isWhole: true, error: undefined, model },
  );
}
