import type { ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import { jsonWithFields } from "../api/fields.ts";
import { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import { say } from "../messages/say.ts";
import { Flow, forEach } from "../upstream/flow.ts";
import type { Attempt } from "./attempt.ts";
import { failureOf } from "./failure.ts";
import { type Batch, type Chunks, firstContent } from "./first-content.ts";
import type { Route, Target } from "./model.ts";

/** What is done where an answer breaks off after its beginning. */
export type OnStreamBreak = "resume" | "error";

/** What the client has of an answer so far. */
export interface Told {
  /** Of the stream's first chunk: one answer has one id, whoever goes on with it. */
  readonly head: Pick<ChatCompletionChunk, "id" | "created">;
  readonly text: string;
  /** In how many chunks the text came. */
  readonly pieces: number;
}

export interface ResumeOptions {
  readonly signal: AbortSignal;
  /** Whether the rest may be asked for; else the break is passed on. */
  readonly mayResume: boolean;
  /** Asks for the rest of the answer after this break. Throws where nobody has it. */
  readonly rest: (told: Told, error: ApiError) => Promise<Chunks>;
}

/** So often is one answer taken up again. */
const MAX_RESUMPTIONS = 3;

/**
 * A stream whose breaks the client does not see, as far as somebody goes on where it broke. One that has told its finish
 * reason is whole, whatever follows.
 */
export function unbroken(first: Chunks, { signal, mayResume, rest }: ResumeOptions): Chunks {
  let chunks = first;
  let head: Told["head"] | undefined;
  let text = "";
  let pieces = 0;
  let isSafe = mayResume;
  let isFinished = false;

  const contentOf = ({ choices }: ChatCompletionChunk): string | null | undefined => {
    isSafe &&= isPlain(choices);
    isFinished ||= choices.some(({ finish_reason }) => finish_reason !== null);
    return choices[0]?.delta.content;
  };

  const note = (chunk: Json<ChatCompletionChunk>): void => {
    head ??= chunk.value;
    const content = chunk instanceof TextChunk ? chunk.content : contentOf(chunk.value);
    if (!content || !isSafe) return;
    text += content;
    pieces++;
  };

  return new Flow(async (each) => {
    for (let resumptions = 0; ; resumptions++) {
      try {
        return await forEach(chunks, (batch) => {
          batch.forEach(note);
          return each(resumptions === 0 ? batch : batch.map((chunk) => withHead(chunk, head)));
        });
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof ApiError)) throw thrown;
        if (isFinished && failureOf(thrown) === "fault") return undefined;
        if (!head || !isSafe || !isBreak(thrown) || resumptions >= MAX_RESUMPTIONS) throw thrown;
        chunks = await rest({ head, text, pieces }, thrown).catch((failed: unknown) => {
          signal.throwIfAborted();
          throw failed instanceof ApiError ? thrown : failed;
        });
      }
    }
  });
}

function withHead(chunk: Json<ChatCompletionChunk>, head: Told["head"] | undefined): Json<ChatCompletionChunk> {
  return head ? Json.fromValue({ ...chunk.value, id: head.id, created: head.created }) : chunk;
}

/** One answer of text: tool calls, several answers and tables of probabilities cannot be taken up in their middle. */
function isPlain(choices: ChatCompletionChunk["choices"]): boolean {
  return choices.every(({ index, delta, logprobs }) => index === 0 && !delta.tool_calls && !delta.refusal && !logprobs);
}

function isBreak(error: ApiError): boolean {
  if (error.code === "response_format_violated") return false;
  return ["fault", "slow", "limited"].includes(failureOf(error));
}

/** Whether an answer to this request may be taken up again where it broke. */
export function isResumable({ n, tools, logprobs, modalities }: ChatCompletionRequest): boolean {
  return (n ?? 1) === 1 && !tools?.length && logprobs !== true && modalities == null;
}

/** Who is asked for the rest: the one that broke comes last, and not at all if what has killed it would kill it again. */
export function whoGoesOn({ targets }: Route, broken: Target | undefined, error: ApiError): Route {
  const others = targets.filter(({ name }) => name !== broken?.name);
  if (error.code === "engine_stopped") return { targets: others };
  return { targets: [...others, ...targets.filter(({ name }) => name === broken?.name)] };
}

/** Asks one target for the rest of an answer: by its beginning where the model takes that, else by the whole once more. */
export async function restOf(
  told: Told,
  attempt: Attempt,
  body: Json<ChatCompletionRequest>,
  start: (attempt: Attempt, body: Json<ChatCompletionRequest>) => Promise<Chunks>,
): Promise<Chunks> {
  const { text } = told;
  const { provider, model, connection } = attempt.target;
  const prefill = text.trim() === "" ? undefined : provider.prefill?.(model, connection.baseUrl);
  if (prefill) {
    try {
      const chunks = counted(await start(attempt, withPrefill(body, text.trimEnd())), told);
      return await (prefill === "continue" ? continued(chunks, text) : firstContent(after(chunks, text)));
    } catch (thrown) {
      const takesNone = thrown instanceof ApiError && failureOf(thrown) === "wrong";
      if (!takesNone || attempt.clocks.signal.aborted) throw thrown;
    }
  }
  return firstContent(after(await start(attempt, body), text));
}

/**
 * The same request with the beginning of its answer, for models that go on with that.
 * @param beginning without white space at its end, which some services refuse.
 */
function withPrefill(body: Json<ChatCompletionRequest>, beginning: string): Json<ChatCompletionRequest> {
  const messages = [...body.value.messages, { role: "assistant", content: beginning } as const];
  return jsonWithFields(body, { messages });
}

/**
 * The rest of an answer that was begun by somebody else: thoughts and the role are left out, they were told, and so is
 * white space at the told text's end, without which the rest was asked for.
 */
async function* continued(chunks: Chunks, told: string): AsyncGenerator<Batch> {
  let space = told.slice(told.trimEnd().length);
  const rest = (content: string): string => {
    const common = commonLength(content, space);
    space = common === content.length ? space.slice(common) : "";
    return content.slice(common);
  };
  for await (const batch of chunks) yield batch.map(({ value }) => onlyText(value, rest));
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** Roughly, where several tokens come in one chunk. */
const BYTES_PER_TOKEN = 4;

/**
 * With the usage of the whole answer, where only its rest was asked for: the beginning was written by the model, and is no
 * part of the client's prompt. How many tokens it had is an estimate; the sum is not.
 */
async function* counted(chunks: Chunks, { text, pieces }: Told): AsyncGenerator<Batch> {
  const estimate = Math.max(pieces, Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN));
  const corrected = (chunk: Json<ChatCompletionChunk>): Json<ChatCompletionChunk> => {
    const { usage } = chunk.value;
    if (!usage) return chunk;
    const begun = Math.min(usage.prompt_tokens, estimate);
    const prompt_tokens = usage.prompt_tokens - begun;
    const completion_tokens = usage.completion_tokens + begun;
    return Json.fromValue({ ...chunk.value, usage: { ...usage, prompt_tokens, completion_tokens } });
  };
  for await (const batch of chunks) yield batch.map(corrected);
}

/**
 * The rest of an answer that is given a second time: what was told already is left out.
 * @throws ApiError as soon as it turns out to be another answer.
 */
async function* after(chunks: Chunks, told: string): AsyncGenerator<Batch> {
  let left = told;
  const rest = ({ value }: Json<ChatCompletionChunk>): Batch => {
    const [choice] = value.choices;
    const content = choice?.delta.content ?? "";
    const common = Math.min(left.length, content.length);
    const isOther = content.slice(0, common) !== left.slice(0, common);
    left = left.slice(common);
    if (isOther || (choice?.finish_reason && left !== "")) throw diverged();
    return left === "" ? [onlyText(value, () => content.slice(common))] : [];
  };
  for await (const batch of chunks) yield batch.flatMap(rest);
}

function onlyText(chunk: ChatCompletionChunk, edit: (content: string) => string): Json<ChatCompletionChunk> {
  const choices = chunk.choices.map((choice) => {
    const { content } = choice.delta;
    return { ...choice, delta: content == null ? {} : { content: edit(content) } };
  });
  return Json.fromValue({ ...chunk, choices });
}

function diverged(): ApiError {
  return new ApiError(502, "api_error", say.diverged, {
    code: "stream_diverged",
  });
}
