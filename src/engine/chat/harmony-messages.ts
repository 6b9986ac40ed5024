import { HARMONY, messageOf, type HarmonyMessage } from "./harmony.ts";
import { unfinished } from "./unfinished.ts";

/** What an answer in Harmony consists of, one message after the other. */
export type HarmonyEvent =
  | { readonly type: "open"; readonly message: HarmonyMessage }
  | { readonly type: "words"; readonly words: string }
  | { readonly type: "close" };

export interface HarmonyMessages {
  push(words: string): readonly HarmonyEvent[];
  /** What was held back, when the answer is over. */
  end(): readonly HarmonyEvent[];
}

/** What an answer may begin with, unless it has no header. */
const OPENINGS = [HARMONY.channel, HARMONY.start, HARMONY.message, "to="];
/** What ends a message; the next one may begin without an end before it. */
const BORDERS = [HARMONY.end, HARMONY.start];

/**
 * Takes an answer that comes in pieces apart into its messages. Holds back only headers and what may still become a mark;
 * so the outcome does not depend on how the answer was cut.
 *
 * @param continues whether the answer goes on inside a message, instead of with a header.
 */
export function createHarmonyMessages(continues: boolean): HarmonyMessages {
  let state: "start" | "header" | "body" = continues ? "body" : "start";
  let held = "";

  /** Each step takes something off `held`, or changes the state; undefined when it needs more words first. */
  const step = (isOver: boolean): HarmonyEvent | undefined => {
    if (held === "") return undefined;
    if (state === "start" && !mayBeHeader(held.trimStart(), isOver)) {
      state = "body";
      return { type: "open", message: { kind: "text" } };
    }
    return state === "body" ? readBody(isOver) : readHeader();
  };

  const readHeader = (): HarmonyEvent | undefined => {
    const end = held.indexOf(HARMONY.message);
    if (end < 0) return undefined;
    state = "body";
    return { type: "open", message: messageOf(take(end, HARMONY.message)) };
  };

  const readBody = (isOver: boolean): HarmonyEvent | undefined => {
    const [border] = BORDERS.filter((mark) => held.includes(mark)).toSorted(
      (a, b) => held.indexOf(a) - held.indexOf(b),
    );
    if (border !== undefined && held.startsWith(border)) {
      take(0, border);
      state = "header";
      return { type: "close" };
    }
    if (border !== undefined) return { type: "words", words: take(held.indexOf(border)) };
    const keep = isOver ? 0 : Math.max(...BORDERS.map((mark) => unfinished(held, mark)));
    const words = take(held.length - keep);
    return words === "" ? undefined : { type: "words", words };
  };

  const take = (length: number, dropped = ""): string => {
    const taken = held.slice(0, length);
    held = held.slice(length + dropped.length);
    return taken;
  };

  const readAll = (isOver: boolean): HarmonyEvent[] => {
    const events: HarmonyEvent[] = [];
    for (let next = step(isOver); next !== undefined; next = step(isOver)) events.push(next);
    return events;
  };

  return {
    push(words) {
      held += words;
      return readAll(false);
    },
    end: () => [...readAll(true), ...(state === "body" ? [{ type: "close" } as const] : [])],
  };
}

function mayBeHeader(start: string, isOver: boolean): boolean {
  return OPENINGS.some((mark) => start.startsWith(mark) || (!isOver && mark.startsWith(start)));
}
