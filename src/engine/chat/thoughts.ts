import { unfinished } from "./unfinished.ts";

/** Takes the thoughts that stand at the beginning of an answer, between two tags, apart from it. */
export interface ThoughtFilter {
  push(piece: string): Parted;
  /** What was held back, when the answer is over. */
  end(): Parted;
  /** Whether what comes next is still a thought. */
  isThinking(): boolean;
}

export interface Parted {
  readonly thought: string;
  readonly text: string;
}

export interface ThoughtTags {
  readonly open: string;
  readonly close: string;
}

/**
 * An opening tag later in the text is text. Holds back only what may still become a tag, and white space around the
 * thoughts, which goes; so the outcome does not depend on how the answer was cut into pieces.
 *
 * @param isOpen whether the prompt has opened the thoughts already.
 */
export function createThoughtFilter({ open, close }: ThoughtTags, isOpen: boolean): ThoughtFilter {
  let state: "before" | "within" | "after" | "text" = isOpen ? "within" : "before";
  let held = "";
  let hasThought = false;

  const read = (isOver: boolean): Parted => {
    if (state === "before") lookForOpening(isOver);
    const thought = state === "within" ? takeThought(isOver) : "";
    if (state === "after") {
      held = held.trimStart();
      if (held !== "") state = "text";
    }
    return { thought, text: state === "text" ? takeAll() : "" };
  };

  const lookForOpening = (isOver: boolean): void => {
    const start = held.trimStart();
    if (start.startsWith(open)) {
      state = "within";
      held = start.slice(open.length);
    } else if (isOver || !open.startsWith(start)) state = "text";
  };

  const takeThought = (isOver: boolean): string => {
    const end = held.indexOf(close);
    if (end >= 0) {
      const thought = withoutLead(held.slice(0, end).trimEnd());
      held = held.slice(end + close.length);
      state = "after";
      return thought;
    }
    if (isOver) return withoutLead(takeAll().trimEnd());
    const safe = held.slice(0, held.length - unfinished(held, close)).trimEnd();
    held = held.slice(safe.length);
    return withoutLead(safe);
  };

  const withoutLead = (text: string): string => {
    const thought = hasThought ? text : text.trimStart();
    hasThought ||= thought !== "";
    return thought;
  };

  const takeAll = (): string => {
    const text = held;
    held = "";
    return text;
  };

  return {
    push(piece) {
      held += piece;
      return read(false);
    },
    end: () => read(true),
    isThinking: () => state === "within",
  };
}
