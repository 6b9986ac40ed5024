/** What is read of a tool call, piece by piece. */
export type CallPiece =
  | { readonly type: "toolCall"; readonly name: string }
  | { readonly type: "arguments"; readonly text: string }
  /** What looked like a call and is none. */
  | { readonly type: "text"; readonly text: string };

/** Reads one call, whose text comes in pieces. */
export interface CallReader {
  /** @returns what became certain, and, once the call is over, the text after it. */
  push(text: string): { readonly pieces: readonly CallPiece[]; readonly rest?: string };
  /** What is left of a call that never ended. */
  end(): readonly CallPiece[];
}
