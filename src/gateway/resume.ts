import type { ChatCompletionChunk, ChatCompletionRequest } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import { withFields } from "../api/fields.ts";
import { Json } from "../api/json.ts";
import { failureOf } from "./failure.ts";
import type { Attempt } from "./attempt.ts";
import { type Chunks, firstContent } from "./first-content.ts";
import type { Route, Target } from "./model.ts";

/** What is done where an answer breaks off after its beginning. */
export type OnStreamBreak = "resume" | "error";

/** What the client has of an answer so far. */
export interface Told {
  /** Of the stream's first chunk: one answer has one id, whoever goes on with it. */
  readonly head: Pick<ChatCompletionChunk, "id" | "created">;
  readonly text: string;
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
export async function* unbroken(first: Chunks, { signal, mayResume, rest }: ResumeOptions): Chunks {
  let chunks = first;
  let told: Told | undefined;
  let isSafe = mayResume;
  let isFinished = false;

  for (let resumptions = 0; ; resumptions++) {
    try {
      for await (const chunk of chunks) {
        const { id, created, choices } = chunk.value;
        isSafe &&= isPlain(choices);
        isFinished ||= choices.some(({ finish_reason }) => finish_reason !== null);
        const text = (told?.text ?? "") + (choices[0]?.delta.content ?? "");
        told = { head: told?.head ?? { id, created }, text };
        yield resumptions === 0 ? chunk : Json.fromValue({ ...chunk.value, ...told.head });
      }
      return;
    } catch (thrown) {
      if (signal.aborted || !(thrown instanceof ApiError)) throw thrown;
      if (isFinished && failureOf(thrown) === "fault") return;
      if (!told || !isSafe || !isBreak(thrown) || resumptions >= MAX_RESUMPTIONS) throw thrown;
      chunks = await rest(told, thrown).catch((failed: unknown) => {
        signal.throwIfAborted();
        throw failed instanceof ApiError ? thrown : failed;
      });
    }
  }
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
  { text }: Told,
  attempt: Attempt,
  body: Json<ChatCompletionRequest>,
  start: (attempt: Attempt, body: Json<ChatCompletionRequest>) => Promise<Chunks>,
): Promise<Chunks> {
  const { provider, model } = attempt.target;
  if (text !== "" && provider.takesPrefill?.test(model)) {
    try {
      return continued(await start(attempt, withPrefill(body, text)));
    } catch (thrown) {
      const takesNone = thrown instanceof ApiError && failureOf(thrown) === "wrong";
      if (!takesNone || attempt.clocks.signal.aborted) throw thrown;
    }
  }
  return firstContent(after(await start(attempt, body), text));
}

/** The same request with the beginning of its answer, for models that go on with that. */
function withPrefill(body: Json<ChatCompletionRequest>, text: string): Json<ChatCompletionRequest> {
  const messages = [...body.value.messages, { role: "assistant", content: text } as const];
  return Json.fromText(withFields(body.text, { messages }), { ...body.value, messages });
}

/** The rest of an answer that was begun by somebody else: thoughts and the role are left out, they were told. */
async function* continued(chunks: Chunks): Chunks {
  for await (const { value } of chunks) yield onlyText(value, (content) => content);
}

/**
 * The rest of an answer that is given a second time: what was told already is left out.
 * @throws ApiError as soon as it turns out to be another answer.
 */
export async function* after(chunks: Chunks, told: string): Chunks {
  let left = told;
  for await (const { value } of chunks) {
    const [choice] = value.choices;
    const content = choice?.delta.content ?? "";
    const common = Math.min(left.length, content.length);
    const isOther = content.slice(0, common) !== left.slice(0, common);
    left = left.slice(common);
    if (isOther || (choice?.finish_reason && left !== "")) throw diverged();
    if (left === "") yield onlyText(value, () => content.slice(common));
  }
}

function onlyText(chunk: ChatCompletionChunk, edit: (content: string) => string): Json<ChatCompletionChunk> {
  const choices = chunk.choices.map((choice) => {
    const { content } = choice.delta;
    return { ...choice, delta: content == null ? {} : { content: edit(content) } };
  });
  return Json.fromValue({ ...chunk, choices });
}

function diverged(): ApiError {
  return new ApiError(502, "api_error", "The second answer is another one than the first.", {
    code: "stream_diverged",
  });
}
