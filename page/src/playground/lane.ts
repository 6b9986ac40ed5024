import type { ChatCompletionRequest } from "../../../src/api/chat.ts";
import { callDetails } from "../api/admin.ts";
import { streamChat } from "../api/chat.ts";
import { ApiFailure } from "../api/request.ts";
import { failureText } from "../ui/failed.tsx";
import { emptyAnswer, withEvent } from "./answer.ts";
import type { Answer } from "./conversation.ts";

/** A frame or two. A timer, since a page in the background is given no frames, and saves what has come all the same. */
const SHOW_EVERY_MS = 30;

/**
 * One model's answer, which never throws: what goes wrong is part of it.
 *
 * @param show is told how far the answer is, now and then, until the signal fires.
 */
export async function answerTo(
  request: ChatCompletionRequest,
  signal: AbortSignal,
  show: (answer: Answer) => void,
): Promise<Answer> {
  const startedAt = performance.now();
  const sinceMs = (): number => performance.now() - startedAt;
  let answer = emptyAnswer(request.model);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const showNow = (): void => {
    timer = undefined;
    if (!signal.aborted) show(answer);
  };
  try {
    for await (const event of streamChat(request, signal)) {
      answer = withEvent(answer, event, sinceMs());
      timer ??= setTimeout(showNow, SHOW_EVERY_MS);
    }
    answer = { ...answer, state: "done" };
  } catch (thrown) {
    answer = signal.aborted ? { ...answer, state: "stopped" } : { ...answer, state: "failed", failure: reason(thrown) };
  }
  clearTimeout(timer);
  return { ...answer, durationMs: sinceMs() };
}

function reason(thrown: unknown): NonNullable<Answer["failure"]> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { message: failureText(error), ...(error instanceof ApiFailure && { code: error.code }) };
}

/** What a whole answer has cost, by the call's record: null where no price is known; undefined where nothing is kept. */
export async function costOf({ requestId, usage, state }: Answer): Promise<number | null | undefined> {
  if (requestId === undefined || !usage || state !== "done") return undefined;
  try {
    return (await callDetails(requestId, AbortSignal.timeout(5_000))).cost_usd ?? null;
  } catch {
    return undefined; // the server keeps no records
  }
}
