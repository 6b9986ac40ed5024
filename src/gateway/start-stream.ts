import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import type { Attempt, AttemptedCall } from "./attempt.ts";
import { outcomeOf } from "./failure.ts";
import { type Chunks, firstContent } from "./first-content.ts";

/**
 * Calls for a stream and waits until it says something, so that one that fails before is a failed attempt. From then on
 * the attempt lasts until the stream has ended, or its reader has left.
 */
export async function startStream(
  attempt: Attempt,
  call: AttemptedCall,
  start: () => Promise<AsyncIterable<Json<ChatCompletionChunk>>>,
): Promise<Chunks> {
  attempt.clocks.awaitFirstToken();
  const source = (await start())[Symbol.asyncIterator]();
  const chunks = await firstContent(attempt.clocks.watch(source));
  attempt.clocks.firstTokenCame();
  return observed(attempt, call, chunks);
}

async function* observed(attempt: Attempt, { signal, trail }: AttemptedCall, chunks: Chunks): Chunks {
  try {
    yield* chunks;
  } catch (thrown) {
    if (thrown instanceof ApiError && !signal.aborted) {
      attempt.failed(thrown);
      trail.amend({ outcome: outcomeOf(thrown), status: thrown.status });
    }
    throw thrown;
  } finally {
    attempt.ended();
  }
}
