import type { ChatCompletionChunk } from "../../api/chat.ts";
import { upstreamBroke } from "../../api/error.ts";
import type { Json } from "../../api/json.ts";
import { type ChunkMaker, createChunkMaker } from "../chunk-maker.ts";
import type { EndEvent, Piece } from "./answer.ts";
import { type Answers, head, usage } from "./completion.ts";
import { asApiError } from "./error.ts";

/** The answers as chunks, and their usage in a last one. */
export async function* chunks(
  { model, all }: Answers,
  withUsage: boolean,
): AsyncGenerator<readonly Json<ChatCompletionChunk>[]> {
  const shared = head(model);
  const ends: EndEvent[] = [];
  let maker = createChunkMaker(shared, withUsage);
  try {
    for await (const answer of all) {
      const index = ends.length;
      for await (const piece of answer) {
        if ("end" in piece) ends.push(piece.end);
        yield [chunk(maker, piece)];
      }
      if (ends.length === index) throw upstreamBroke("The engine");
      maker = createChunkMaker(shared, withUsage, ends.length);
    }
    yield [maker.usage(usage(ends))];
  } catch (thrown) {
    throw asApiError(thrown);
  }
}

function chunk(maker: ChunkMaker, piece: Piece): Json<ChatCompletionChunk> {
  if ("end" in piece) return maker.delta({}, piece.finish_reason);
  return maker.delta(piece.delta, null, piece.logprobs);
}
