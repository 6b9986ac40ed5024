import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest, Usage } from "../api/chat.ts";
import { invalidRequest } from "../api/error.ts";
import { Json } from "../api/json.ts";
import { say } from "../messages/say.ts";
import type { Call, ChatStream } from "./provider.ts";

/*
 * `n` answers from a vendor that gives one a call: as many calls at once, whose answers become the choices of one. Each
 * call reads the prompt anew, and the usage says so.
 */

/** More would rather be a mistake than a wish: each is a call that is paid for. */
const MAX_ANSWERS = 8;

/** One call for each answer that is wanted, all on one signal, so that the failure of one can end the others. */
function severalCalls(call: Call<ChatCompletionRequest>, signal: AbortSignal): readonly Call<ChatCompletionRequest>[] {
  const { n, seed } = call.body.value;
  const count = n ?? 1;
  if (count > MAX_ANSWERS) {
    const message = say.tooManyAnswers(MAX_ANSWERS);
    throw invalidRequest(message, "n", "integer_above_max_value");
  }
  call.receipt.note("emulated", "n");
  return Array.from({ length: count }, (_, index) => {
    // With one seed for all, all would be the same.
    const body = { ...call.body.value, n: 1, ...(seed == null ? {} : { seed: seed + index }) };
    return { ...call, body: Json.fromValue<ChatCompletionRequest>(body), signal };
  });
}

type Chat<Answer> = (call: Call<ChatCompletionRequest>) => Promise<Answer>;

/** @param end aborted when one of the calls fails, so that the others end too. */
async function startAll<Answer>(
  call: Call<ChatCompletionRequest>,
  start: Chat<Answer>,
  end: AbortController,
): Promise<readonly Answer[]> {
  const calls = severalCalls(call, AbortSignal.any([call.signal, end.signal]));
  try {
    return await Promise.all(calls.map(start));
  } catch (thrown) {
    end.abort(thrown);
    throw thrown;
  }
}

export async function severalAnswers(
  call: Call<ChatCompletionRequest>,
  chat: Chat<ChatCompletion>,
): Promise<ChatCompletion> {
  if ((call.body.value.n ?? 1) === 1) return chat(call);
  const answers = await startAll(call, chat, new AbortController());
  const [first] = answers as [ChatCompletion, ...ChatCompletion[]];
  const choices = answers.flatMap((answer, index) => answer.choices.map((choice) => ({ ...choice, index })));
  const usages = answers.flatMap(({ usage }) => usage ?? []);
  return { ...first, choices, ...(usages.length > 0 && { usage: usages.reduce(sum) }) };
}

export async function severalStreams(
  call: Call<ChatCompletionRequest>,
  chatStream: Chat<ChatStream>,
): Promise<ChatStream> {
  if ((call.body.value.n ?? 1) === 1) return chatStream(call);
  const end = new AbortController();
  return merged(await startAll(call, chatStream, end), end);
}

/**
 * The chunks of all streams as they come, as choices of one answer, with one usage at the end.
 * @param end aborted when the merged stream is over: a stream that is silent cannot be left in another way.
 */
async function* merged(
  streams: readonly ChatStream[],
  end: AbortController,
): AsyncGenerator<readonly Json<ChatCompletionChunk>[]> {
  const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
  const step = (index: number): Promise<Step> => {
    const next = readers[index]!.next().then((result) => ({ index, result }));
    next.catch(() => undefined); // if nobody waits for it any more, its failure concerns nobody
    return next;
  };
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
      const batch: Json<ChatCompletionChunk>[] = [];
      for (const { value: chunk } of result.value) {
        head ??= chunk;
        if (chunk.usage) usage = usage ? sum(usage, chunk.usage) : chunk.usage;
        const { id, created, model } = head;
        const choices = chunk.choices.map((choice) => ({ ...choice, index }));
        if (choices.length > 0) batch.push(Json.fromValue({ ...chunk, id, created, model, choices }));
      }
      if (batch.length > 0) yield batch;
    }
  } finally {
    end.abort();
  }
  if (head && usage) yield [Json.fromValue({ ...head, choices: [], usage })];
}

interface Step {
  readonly index: number;
  readonly result: IteratorResult<readonly Json<ChatCompletionChunk>[]>;
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
