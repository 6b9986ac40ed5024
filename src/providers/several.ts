import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest, Usage } from "../api/chat.ts";
import { invalidRequest } from "../api/error.ts";
import { Json } from "../api/json.ts";
import type { Call } from "./provider.ts";

/*
 * `n` answers from a vendor that gives one a call: as many calls at once, whose answers become the choices of one. Each
 * call reads the prompt anew, and the usage says so.
 */

/** More would rather be a mistake than a wish: each is a call that is paid for. */
const MAX_ANSWERS = 8;

/** One call for each answer that is wanted. */
export function severalCalls(call: Call<ChatCompletionRequest>): readonly Call<ChatCompletionRequest>[] {
  const { n, seed } = call.body.value;
  if (n == null || n === 1) return [call];
  if (n > MAX_ANSWERS) {
    throw invalidRequest(
      `Invalid 'n': this provider gives at most ${MAX_ANSWERS} answers.`,
      "n",
      "integer_above_max_value",
    );
  }
  call.receipt.note("emulated", "n");
  return Array.from({ length: n }, (_, index) => {
    // With one seed for all, all would be the same.
    const body = { ...call.body.value, n: 1, ...(seed == null ? {} : { seed: seed + index }) };
    return { ...call, body: Json.fromValue<ChatCompletionRequest>(body) };
  });
}

export async function severalAnswers(
  call: Call<ChatCompletionRequest>,
  chat: (call: Call<ChatCompletionRequest>) => Promise<ChatCompletion>,
): Promise<ChatCompletion> {
  const answers = await Promise.all(severalCalls(call).map(chat));
  const [first, ...others] = answers as [ChatCompletion, ...ChatCompletion[]];
  if (others.length === 0) return first;
  const choices = answers.flatMap((answer, index) => answer.choices.map((choice) => ({ ...choice, index })));
  const usages = answers.flatMap(({ usage }) => usage ?? []);
  return { ...first, choices, ...(usages.length > 0 && { usage: usages.reduce(sum) }) };
}

export async function severalStreams(
  call: Call<ChatCompletionRequest>,
  chatStream: (call: Call<ChatCompletionRequest>) => Promise<AsyncIterable<ChatCompletionChunk>>,
): Promise<AsyncIterable<ChatCompletionChunk>> {
  const calls = severalCalls(call);
  const streams = await Promise.all(calls.map(chatStream));
  const [only, ...others] = streams as [AsyncIterable<ChatCompletionChunk>, ...AsyncIterable<ChatCompletionChunk>[]];
  return others.length === 0 ? only : merged(streams);
}

/** The chunks of all streams as they come, as choices of one answer, with one usage at the end. */
async function* merged(streams: readonly AsyncIterable<ChatCompletionChunk>[]): AsyncGenerator<ChatCompletionChunk> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  const step = async (index: number) => ({ index, result: await readers[index]!.next() });
  const pending = new Map(readers.map((_, index) => [index, step(index)]));
  let head: ChatCompletionChunk | undefined;
  let usage: Usage | undefined;

  try {
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(index);
        continue;
      }
      pending.set(index, step(index));
      const chunk = result.value;
      head ??= chunk;
      if (chunk.usage) usage = usage ? sum(usage, chunk.usage) : chunk.usage;
      const { id, created, model } = head;
      const choices = chunk.choices.map((choice) => ({ ...choice, index }));
      if (choices.length > 0) yield { ...chunk, id, created, model, choices };
    }
  } finally {
    await Promise.allSettled(readers.map(async (reader) => reader.return?.()));
  }
  if (head && usage) yield { ...head, choices: [], usage };
}

function sum(a: Usage, b: Usage): Usage {
  return {
    ...a,
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    ...(a.prompt_tokens_details && {
      prompt_tokens_details: sumFields(a.prompt_tokens_details, b.prompt_tokens_details ?? {}),
    }),
    ...(a.completion_tokens_details && {
      completion_tokens_details: sumFields(a.completion_tokens_details, b.completion_tokens_details ?? {}),
    }),
  };
}

function sumFields(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): Record<string, number> {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...fields].map((field) => [field, Number(a[field] ?? 0) + Number(b[field] ?? 0)]));
}
