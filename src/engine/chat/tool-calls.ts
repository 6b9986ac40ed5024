import type { ToolFormat } from "./tool-format.ts";
import { createCallObject, type CallObject, type CallPiece } from "./call-object.ts";
import { unfinished } from "./unfinished.ts";

export type ToolPiece = CallPiece | { readonly type: "text"; readonly text: string };

/** Finds tool calls in a text that comes in pieces. What is no call is text. */
export interface ToolCallReader {
  push(piece: string): readonly ToolPiece[];
  /** What was held back, when the text is over. */
  end(): readonly ToolPiece[];
}

/**
 * @param names the functions that there are: an object without marks is a call only if it names one of them.
 */
export function createToolCallReader(format: ToolFormat, names: ReadonlySet<string>): ToolCallReader {
  const { open, close, argumentsMark } = format;
  let state: "start" | "text" | "between" | "within" = format.mayBeBare ? "start" : "text";
  let held = "";
  let isMarked = false;
  let call: CallObject | undefined;

  /** Each step takes something off `held`, or changes the state; undefined when it needs more text first. */
  const step = (isOver: boolean): readonly ToolPiece[] | undefined => {
    if (state === "start") return begin(isOver);
    if (state === "text") return readText(isOver);
    return state === "between" ? readBetween(isOver) : readCall();
  };

  const begin = (isOver: boolean): readonly ToolPiece[] | undefined => {
    const first = held.trimStart()[0];
    if (first === undefined && !isOver) return undefined;
    state = first === "{" ? "between" : "text";
    return [];
  };

  /** White space before a mark is held back: it belongs to the mark, if that comes. */
  const readText = (isOver: boolean): readonly ToolPiece[] | undefined => {
    if (held === "") return undefined;
    const mark = held.indexOf(open);
    if (mark >= 0) {
      state = "between";
      isMarked = true;
      return text(take(mark, open.length).trimEnd());
    }
    const safe = isOver ? held : held.slice(0, held.length - unfinished(held, open)).trimEnd();
    return safe === "" ? undefined : text(take(safe.length));
  };

  const readBetween = (isOver: boolean): readonly ToolPiece[] | undefined => {
    held = held.trimStart();
    const marks = [open, close].filter((mark) => mark !== "");
    const mark = marks.find((mark) => held.startsWith(mark));
    if (mark === undefined && !isOver && marks.some((mark) => mark.startsWith(held))) return undefined;
    if (mark !== undefined || /^[[\],;]/.test(held)) {
      take(mark?.length ?? 1);
      return [];
    }
    if (held.startsWith("{")) return beginCall();
    if (argumentsMark !== undefined) return readName(argumentsMark, isOver);
    if (held === "") return undefined;
    state = "text";
    return [];
  };

  /** `name[ARGS]{…}`, or with `[CALL_ID]…` after the name. */
  const readName = (argumentsMark: string, isOver: boolean): readonly ToolPiece[] | undefined => {
    const mark = held.indexOf(argumentsMark);
    if (mark < 0) {
      if (!isOver && held.length < 200) return undefined;
      state = "text";
      return [];
    }
    const [name = ""] = take(mark, argumentsMark.length).split("[");
    return beginCall(name.trim());
  };

  const beginCall = (name?: string): readonly ToolPiece[] => {
    state = "within";
    call = createCallObject(isMarked ? undefined : names, name);
    return [];
  };

  const readCall = (): readonly ToolPiece[] | undefined => {
    if (held === "" || call === undefined) return undefined;
    const { used, pieces, isDone } = call.push(held);
    take(used);
    if (isDone) state = "between";
    return pieces;
  };

  const take = (length: number, alsoDropped = 0): string => {
    const taken = held.slice(0, length);
    held = held.slice(length + alsoDropped);
    return taken;
  };

  const text = (text: string): readonly ToolPiece[] => (text === "" ? [] : [{ type: "text", text }]);

  const readAll = (isOver: boolean): ToolPiece[] => {
    const pieces: ToolPiece[] = [];
    for (let more = step(isOver); more !== undefined; more = step(isOver)) pieces.push(...more);
    return pieces;
  };

  return {
    push(piece) {
      held += piece;
      return readAll(false);
    },
    end: () => [...readAll(true), ...(state === "within" ? (call?.end() ?? []) : [])],
  };
}
