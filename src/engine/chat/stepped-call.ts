import type { CallPiece, CallReader } from "./call-reader.ts";

/** What one step has read of the text that is held, and what it has left of it. */
export interface CallStep {
  readonly pieces: readonly CallPiece[];
  readonly rest: string;
  /** Whether the call is over. */
  readonly isLast?: boolean;
}

/** A longer beginning than this has no name in it, and a longer tag is none. */
const MOST_CHARACTERS = 200;

/**
 * Reads a call step by step.
 * @param step undefined when it needs more text first, `none` when what begins is no call; its first step reads the name.
 */
export function createSteppedCall(step: (held: string) => CallStep | "none" | undefined): CallReader {
  let held = "";
  /** All that has come before the name. */
  let raw = "";
  let hasBegun = false;

  return {
    push(text) {
      held += text;
      if (!hasBegun) raw += text;
      const pieces: CallPiece[] = [];
      for (let next = step(held); next !== undefined; next = step(held)) {
        hasBegun = true;
        if (next === "none") return { pieces: [{ type: "text", text: raw }], rest: "" };
        pieces.push(...next.pieces);
        held = next.rest;
        if (next.isLast === true) return { pieces, rest: held };
      }
      return { pieces };
    },
    end: () => (hasBegun ? [] : [{ type: "text", text: raw }]),
  };
}

/** Whether more text can make a mark of it, and what follows the mark. */
export function mayBegin(text: string, mark: string): boolean {
  const start = text.trimStart();
  return start.length < MOST_CHARACTERS && (start.startsWith(mark) || mark.startsWith(start));
}
