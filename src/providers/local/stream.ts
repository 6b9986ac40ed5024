import type { ChatCompletionChunk, ChunkChoice } from "../../api/chat.ts";
import { upstreamBroke } from "../../api/error.ts";
import { Json } from "../../api/json.ts";
import type { EndEvent, Piece } from "./answer.ts";
import { type Answers, head, usage } from "./completion.ts";
import { asApiError } from "./error.ts";

/** The answers as chunks, and their usage in a last one. */
export async function* chunks(
  { model, all }: Answers,
  withUsage: boolean,
): AsyncGenerator<readonly Json<ChatCompletionChunk>[]> {
  const base = { ...head(model), object: "chat.completion.chunk" } as const;
  const ends: EndEvent[] = [];
  let index = 0;
  try {
    for await (const answer of all) {
      for await (const piece of answer) {
        if ("end" in piece) ends.push(piece.end);
        const choices = [choice(index, piece)];
        yield [
          Json.fromValue<ChatCompletionChunk>(withUsage ? { ...base, choices, usage: null } : { ...base, choices }),
        ];
      }
      if (ends.length === index) throw upstreamBroke("The engine");
      index++;
    }
    yield [Json.fromValue<ChatCompletionChunk>({ ...base, choices: [], usage: usage(ends) })];
  } catch (thrown) {
    throw asApiError(thrown);
  }
}

function choice(index: number, piece: Piece): ChunkChoice {
  if ("end" in piece) return { index, delta: {}, logprobs: null, finish_reason: piece.finish_reason };
  return { index, delta: piece.delta, logprobs: piece.logprobs, finish_reason: null };
}
