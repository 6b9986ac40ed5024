import type { UpstreamRequest } from "../src/upstream/upstream.ts";
import type { ChatCompletionRequest, Message } from "../src/api/chat.ts";
import { Json } from "../src/api/json.ts";
import { createReceipt } from "../src/api/receipt.ts";
import type { Provider } from "../src/providers/provider.ts";
import { bodyText } from "./body-text.ts";
import { eachChunk } from "./each-chunk.ts";
import { createMemoryToolState } from "../src/store/tool-state.ts";

export interface ToolLoop {
  readonly provider: Provider;
  /** As the provider knows it. */
  readonly model: string;
  /** What the vendor answers in each turn, as bytes on the wire. */
  readonly answers: readonly string[];
  readonly stream: boolean;
  /** Whether the client sends nothing back but what OpenAI's format names. */
  readonly isPlain: boolean;
  readonly request?: object;
}

/** Talks to a provider as a client does until the model calls no more tools; gives what the vendor was sent. */
export async function runToolLoop({
  provider,
  model,
  answers,
  stream,
  isPlain,
  request,
}: ToolLoop): Promise<unknown[]> {
  const sent: unknown[] = [];
  const toolState = createMemoryToolState();
  const messages: Message[] = [{ role: "user", content: "Does it rain?" }];
  for (const answer of answers) {
    const body = { model: `some/${model}`, tools: TOOLS, ...request, messages: [...messages] };
    const upstream = {
      async send({ body }: UpstreamRequest) {
        sent.push(JSON.parse(bodyText(body)));
        const type = stream ? "text/event-stream" : "application/json";
        return { status: 200, headers: { "content-type": type }, body: reads(answer) };
      },
      async close() {},
    };
    const call = {
      model,
      body: Json.fromValue<ChatCompletionRequest>(stream ? { ...body, stream } : body),
      connection: { baseUrl: "http://vendor/v1", key: "k", headers: {}, options: {}, upstream },
      receipt: createReceipt(false),
      toolState,
      signal: new AbortController().signal,
    };
    const message = stream ? await streamed(provider, call) : await whole(provider, call);
    messages.push(isPlain ? plain(message) : message);
    for (const { id } of message.tool_calls ?? []) messages.push({ role: "tool", tool_call_id: id, content: "Yes" });
  }
  return sent;
}

const TOOLS = ["place", "weather"].map((name) => ({ type: "function", function: { name } }));

async function* reads(answer: string): AsyncGenerator<Buffer> {
  yield Buffer.from(answer);
}

async function whole(provider: Provider, call: Parameters<Provider["chat"]>[0]): Promise<Message> {
  const { text } = await provider.chat(call);
  return JSON.parse(text).choices[0].message as Message;
}

/** Puts the deltas together as the official clients do. */
async function streamed(provider: Provider, call: Parameters<Provider["chat"]>[0]): Promise<Message> {
  let content = "";
  let reasoning_content = "";
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for await (const value of eachChunk(await provider.chatStream(call))) {
    const { delta } = value.choices[0] ?? {};
    content += delta?.content ?? "";
    reasoning_content += delta?.reasoning_content ?? "";
    for (const { index, id, type, function: called } of delta?.tool_calls ?? []) {
      const open = (calls[index] ??= {
        id: id ?? "",
        type: type ?? "",
        function: { name: called?.name ?? "", arguments: "" },
      });
      open.function.arguments += called?.arguments ?? "";
    }
  }
  const thought = reasoning_content === "" ? {} : { reasoning_content };
  return { role: "assistant", content, ...thought, ...(calls.length > 0 && { tool_calls: calls }) };
}

function plain({ role, content, tool_calls }: Message): Message {
  return { role, ...(content !== undefined && { content }), ...(tool_calls && { tool_calls }) };
}
