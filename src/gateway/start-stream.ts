import type { ChatCompletionChunk } from "../api/chat.ts";
import { ApiError } from "../api/error.ts";
import type { Json } from "../api/json.ts";
import { TextChunk } from "../api/text-chunk.ts";
import type { Trail } from "../api/trail.ts";
import type { ChatStream } from "../providers/provider.ts";
import { Flow, forEach, whenTaken } from "../upstream/flow.ts";
import type { Attempt, AttemptedCall } from "./attempt.ts";
import { outcomeOf } from "./failure.ts";
import type { Clocks } from "./clocks.ts";
import { type Batch, type Chunks, firstContent } from "./first-content.ts";
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
  const chunks = await firstContent(timed(await start(), clocks));
  clocks.firstTokenCame();
  return observed(attempt, call, chunks);
}

/** Measures the silences of a stream. */
function timed(stream: ChatStream, { silenceBegins, silenceEnds }: Clocks): Flow<Batch> {
  return new Flow((each) => {
    silenceBegins();
    return forEach(stream, (batch) => {
      silenceEnds();
      return whenTaken(each(batch), silenceBegins);
    });
  });
}

/** Tells of the attempt's tokens, of its break and of its end. */
function observed(attempt: Attempt, { signal, trail }: AttemptedCall, chunks: Chunks): Flow<Batch> {
  const { clocks } = attempt;

  const end = (isOver: boolean, how?: Parameters<Trail["streamEnded"]>[0]): void => {
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

  return new Flow(async (each) => {
    try {
      const left = await forEach(chunks, (batch) => {
        noteTokens(batch, trail);
        return each(batch);
      });
      end(left !== "over");
      return left;
    } catch (thrown) {
      broke(thrown);
      throw thrown;
    }
  });
}

function noteTokens(batch: readonly Json<ChatCompletionChunk>[], trail: Trail): void {
  for (const chunk of batch) {
    if (chunk instanceof TextChunk || !chunk.value.usage) continue;
    trail.amend(tokensOf(chunk.value.usage));
  }
}
