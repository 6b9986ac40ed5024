/** Takes the thoughts that stand at the beginning of a content, in tags, apart from it. */
export interface ThoughtFilter {
  push(piece: string): { readonly thought: string; readonly text: string };
  /** What was held back, when the content is over. */
  end(): { readonly thought: string; readonly text: string };
}

const OPEN = "<think>";
/** Some answers close with the second. */
const CLOSES = ["</think>", "</mm:think>"] as const;

/**
 * A tag that comes later in the text is content. Holds back only what may still become a tag, so that the outcome does
 * not depend on how the content was cut into pieces; blank lines around the thoughts go.
 */
export function createThoughtFilter(): ThoughtFilter {
  let state: "before" | "within" | "after" | "text" = "before";
  let held = "";
  let thoughtStarted = false;

  const thoughtOf = (text: string): string => {
    const shown = thoughtStarted ? text : text.trimStart();
    thoughtStarted ||= shown !== "";
    return shown;
  };

  const read = (isOver: boolean): { thought: string; text: string } => {
    let thought = "";
    if (state === "before") {
      const start = held.trimStart();
      if (start.startsWith(OPEN)) {
        state = "within";
        held = start.slice(OPEN.length);
      } else if (isOver || !OPEN.startsWith(start)) state = "text";
      else return { thought, text: "" };
    }
    if (state === "within") {
      const close = firstClose(held);
      if (!close) {
        // White space at the end is held too: it goes, if the tag comes next.
        const kept = isOver ? 0 : unfinished(held);
        thought = thoughtOf(held.slice(0, held.length - kept));
        held = held.slice(held.length - kept);
        return { thought: isOver ? thought.trimEnd() : thought, text: "" };
      }
      thought = thoughtOf(held.slice(0, close.start).trimEnd());
      held = held.slice(close.end);
      state = "after";
    }
    if (state === "after") {
      held = held.trimStart();
      if (held === "") return { thought, text: "" };
      state = "text";
    }
    const text = held;
    held = "";
    return { thought, text };
  };

  return {
    push(piece) {
      held += piece;
      return read(false);
    },
    end: () => read(true),
  };
}

function firstClose(text: string): { readonly start: number; readonly end: number } | undefined {
  const found = CLOSES.map((tag) => ({ start: text.indexOf(tag), end: text.indexOf(tag) + tag.length }));
  return found.filter(({ start }) => start >= 0).toSorted((a, b) => a.start - b.start)[0];
}

/** How many characters at the end may belong to a closing tag, or to the white space before it. */
function unfinished(text: string): number {
  const lengths = CLOSES.flatMap((tag) =>
    Array.from({ length: tag.length }, (_, length) => length).filter((length) => text.endsWith(tag.slice(0, length))),
  );
  const tag = Math.max(0, ...lengths);
  const before = text.slice(0, text.length - tag);
  return tag + before.length - before.trimEnd().length;
}
