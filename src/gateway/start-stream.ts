import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import type { Trail } from "../api/trail.ts";
import type { ChatStream } from "../providers/provider.ts";
import type { Attempt, AttemptedCall } from "./attempt.ts";
import { outcomeOf } from "./failure.ts";
import { type Batch, type Chunks, untilContent } from "./first-content.ts";
import { tokensOf } from "./meter.ts";

/**
 * Calls for a stream and waits until it says something, so that one that fails before is a failed attempt. From then on
 * the attempt lasts until the stream has ended, or its reader has left.
 */
export async function startStream(
  attempt: Attempt,
  call: AttemptedCall,
  start: () => Promise<ChatStream>,
): Promise<Chunks> {
  const { clocks } = attempt;
  clocks.awaitFirstToken();
  const source = (await start())[Symbol.asyncIterator]();
  const beginning = await untilContent(source, clocks.silenceBegins).catch(async (thrown: unknown) => {
    await source.return?.();
    throw thrown;
  });
  clocks.silenceEnds();
  clocks.firstTokenCame();
  return observed(attempt, call, beginning, source);
}

/** All of a stream. Measures its silences, and tells of the attempt's tokens, of its break and of its end. */
async function* observed(
  attempt: Attempt,
  { signal, trail }: AttemptedCall,
  beginning: readonly Batch[],
  source: AsyncIterator<Batch>,
): Chunks {
  const { clocks } = attempt;
  let isOver = false;
  let end: Parameters<Trail["streamEnded"]>[0];
  try {
    for (const batch of beginning) {
      noteTokens(batch, trail);
      yield batch;
    }
    for (;;) {
      clocks.silenceBegins();
      const next = await source.next();
      clocks.silenceEnds();
      if (next.done) break;
      noteTokens(next.value, trail);
      yield next.value;
    }
    isOver = true;
  } catch (thrown) {
    if (thrown instanceof ApiError && !signal.aborted) {
      attempt.failed(thrown);
      end = { outcome: outcomeOf(thrown), status: thrown.status };
    }
    throw thrown;
  } finally {
    if (isOver) clocks.stop();
    else clocks.hangUp();
    trail.streamEnded(end);
    attempt.ended();
    if (!isOver) await source.return?.();
  }
}

function noteTokens(batch: readonly Json<ChatCompletionChunk>[], trail: Trail): void {
  for (const chunk of batch) {
    if (chunk instanceof TextChunk || !chunk.value.usage) continue;
    trail.amend(tokensOf(chunk.value.usage));
  }
}
