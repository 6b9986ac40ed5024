import { styleText } from "node:util";
import type { AnswerPiece } from "./ask.ts";

/** Writes an answer as it comes: thoughts dimmed where a person reads, and left out elsewhere. */
export interface AnswerView {
  add(piece: AnswerPiece): void;
  /** Ends the line. */
  end(): void;
}

export function createAnswerView(output: NodeJS.WritableStream, showsThoughts: boolean): AnswerView {
  let last: AnswerPiece | undefined;
  return {
    add(piece) {
      if (piece.kind === "thought" && !showsThoughts) return;
      if (last?.kind === "thought" && piece.kind === "text") output.write("\n\n");
      output.write(piece.kind === "thought" ? styleText("dim", piece.text, { validateStream: false }) : piece.text);
      last = piece;
    },
    end() {
      if (last?.text.endsWith("\n") === false) output.write("\n");
      last = undefined;
    },
  };
}
