import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import type { Trail } from "../api/trail.ts";
import type { ChatStream } from "../providers/provider.ts";
import type { Attempt, AttemptedCall } from "./attempt.ts";
import { outcomeOf } from "./failure.ts";
import { type Batch, type Chunks, OVER, untilContent } from "./first-content.ts";
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

/**
 * All of a stream. Measures its silences, and tells of the attempt's tokens, of its break and of its end. An iterator
 * written by hand, as every chunk of every answer passes here: an async generator takes twice as many turns.
 */
function observed(
  attempt: Attempt,
  { signal, trail }: AttemptedCall,
  beginning: Batch,
  source: AsyncIterator<Batch, void, undefined>,
): Chunks {
  const { clocks } = attempt;
  let isAtBeginning = true;
  let hasEnded = false;

  const end = (isOver: boolean, how?: Parameters<Trail["streamEnded"]>[0]): void => {
    hasEnded = true;
    if (isOver) clocks.stop();
    else clocks.hangUp();
    trail.streamEnded(how);
    attempt.ended();
  };

  const broke = (thrown: unknown): void => {
    if (!(thrown instanceof ApiError) || signal.aborted) return end(false);
    attempt.failed(thrown);
    end(false, { outcome: outcomeOf(thrown), status: thrown.status });
  };

  const heard = async (): Promise<IteratorResult<Batch, void>> => {
    clocks.silenceBegins();
    try {
      const next = await source.next();
      clocks.silenceEnds();
      if (next.done) end(true);
      else noteTokens(next.value, trail);
      return next;
    } catch (thrown) {
      broke(thrown);
      throw thrown;
    }
  };

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (hasEnded) return Promise.resolve(OVER);
      if (!isAtBeginning) return heard();
      isAtBeginning = false;
      noteTokens(beginning, trail);
      return Promise.resolve({ done: false, value: beginning });
    },
    async return() {
      if (!hasEnded) {
        end(false);
        await source.return?.();
      }
      return OVER;
    },
  };
}

function noteTokens(batch: readonly Json<ChatCompletionChunk>[], trail: Trail): void {
  for (const chunk of batch) {
    if (chunk instanceof TextChunk || !chunk.value.usage) continue;
    trail.amend(tokensOf(chunk.value.usage));
  }
}
