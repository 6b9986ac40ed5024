import { characterNotOf, characterOf, either } from "./expressions.ts";
import type { Rules } from "./rules.ts";

/**
 * Any text up to and with the first time that the mark stands in it.
 * @param mayEnd whether the text may also be over without the mark: then `after` follows only after one.
 * @param after what comes after the mark.
 */
export function until(
  rules: Rules,
  mark: string,
  { mayEnd = false, after = "" }: { readonly mayEnd?: boolean; readonly after?: string } = {},
): string {
  const characters = Array.from(mark);
  const states = characters.map(() => rules.declare("until"));
  const alphabet = [...new Set(characters)];

  // An automaton with one state for each number of the mark's characters that have been read.
  states.forEach((state, read) => {
    const moves = alphabet.map((character) => {
      const next = longestStart(characters, [...characters.slice(0, read), character]);
      return `${characterOf([rangeOf(character)])} ${states[next]?.name ?? after}`;
    });
    const other = `${characterNotOf(alphabet.map(rangeOf))} ${states[0]?.name ?? ""}`;
    state.define(either([...moves, other, ...(mayEnd ? [""] : [])]));
  });
  return states[0]?.name ?? after;
}

function rangeOf(character: string): readonly [number, number] {
  const codePoint = character.codePointAt(0) ?? 0;
  return [codePoint, codePoint];
}

/** How many characters at the end of the text are the beginning of the mark. */
function longestStart(mark: readonly string[], text: readonly string[]): number {
  for (let length = Math.min(mark.length, text.length); length > 0; length--) {
    if (text.slice(-length).every((character, index) => character === mark[index])) return length;
  }
  return 0;
}
