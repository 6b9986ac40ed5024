import type { ToolFunction } from "../model.ts";
import { createCallObject } from "./call-object.ts";
import type { CallPiece, CallReader } from "./call-reader.ts";
import { createMarkedCall } from "./marked-call.ts";
import { createPythonCall } from "./python-call.ts";
import { createTaggedCall } from "./tagged-call.ts";
import type { NamedSyntax, ToolFormat } from "./tool-format.ts";
import { unfinished } from "./unfinished.ts";

/** Finds tool calls in a text that comes in pieces. What is no call is text. */
export interface ToolCallReader {
  push(piece: string): readonly CallPiece[];
  /** What was held back, when the text is over. */
  end(): readonly CallPiece[];
}

/** Longer beginnings of a call than this are none. */
const MOST_NAME_CHARACTERS = 200;

/**
 * @param functions that there are: what stands without marks is a call only if it names one of them.
 */
export function createToolCallReader(format: ToolFormat, functions: readonly ToolFunction[]): ToolCallReader {
  const { open, close, call: syntax } = format;
  const names = new Set(functions.map(({ name }) => name));
  const between = [open, close, ...(syntax.kind === "named" ? [syntax.before.trim(), syntax.after.trim()] : [])];
  const marks = between.filter((mark) => mark !== "");
  let state: "start" | "text" | "between" | "within" = format.mayBeBare ? "start" : "text";
  let held = "";
  let isMarked = false;
  /** Whether the mark that opens a call has come, and none that closes it. */
  let isOpen = false;
  let call: CallReader | undefined;

  /** Each step takes something off `held`, or changes the state; undefined when it needs more text first. */
  const step = (isOver: boolean): readonly CallPiece[] | undefined => {
    if (state === "start") return begin(isOver);
    if (state === "text") return readText(isOver);
    return state === "between" ? readBetween(isOver) : readCall();
  };

  const begin = (isOver: boolean): readonly CallPiece[] | undefined => {
    const start = held.trimStart();
    if (start === "" && !isOver) return undefined;
    const begins = syntax.kind === "python" ? beginsInPython(start, isOver) : start.startsWith("{");
    if (begins === undefined) return undefined;
    state = begins ? "between" : "text";
    isOpen = begins;
    return [];
  };

  /** `[name(`; undefined while it may still become that. */
  const beginsInPython = (start: string, isOver: boolean): boolean | undefined => {
    const name = /^\[\s*([\w.]+)\s*\(/.exec(start)?.[1];
    if (name !== undefined) return names.has(name);
    return !isOver && start.length < MOST_NAME_CHARACTERS && /^\[\s*[\w.]*$/.test(start) ? undefined : false;
  };

  /** White space before a mark is held back: it belongs to the mark, if that comes. */
  const readText = (isOver: boolean): readonly CallPiece[] | undefined => {
    if (held === "") return undefined;
    const mark = held.indexOf(open);
    if (mark >= 0) {
      state = "between";
      isMarked = true;
      isOpen = true;
      return text(take(mark, open.length).trimEnd());
    }
    const safe = isOver ? held : held.slice(0, held.length - unfinished(held, open)).trimEnd();
    return safe === "" ? undefined : text(take(safe.length));
  };

  const readBetween = (isOver: boolean): readonly CallPiece[] | undefined => {
    held = held.trimStart();
    const mark = marks.find((mark) => held.startsWith(mark));
    if (mark === undefined && !isOver && marks.some((mark) => mark.startsWith(held))) return undefined;
    if (mark !== undefined || (isOpen && /^[[\],;]/.test(held))) {
      isOpen = mark === open || (isOpen && mark !== close);
      take(mark?.length ?? 1);
      return [];
    }
    if (held === "") return undefined;
    return isOpen || held.startsWith("{") ? readBeginning(isOver) : leave();
  };

  const readBeginning = (isOver: boolean): readonly CallPiece[] | undefined => {
    if (syntax.kind === "tagged") return beginCall(createTaggedCall(syntax, functions, close));
    if (syntax.kind === "marked") return beginCall(createMarkedCall(syntax));
    if (held.startsWith("{")) return beginCall(createCallObject(isMarked ? undefined : names));
    if (syntax.kind === "named") return readName(syntax, isOver);
    if (syntax.kind !== "python") return leave();
    if (/^[\w.]+\s*\(/.test(held)) return beginCall(createPythonCall());
    return !isOver && held.length < MOST_NAME_CHARACTERS && /^[\w.]+\s*$/.test(held) ? undefined : leave();
  };

  /** What comes is no call. */
  const leave = (): readonly CallPiece[] => {
    state = "text";
    return [];
  };

  /** `name[ARGS]{…}`, or with `[CALL_ID]…` after the name. */
  const readName = (syntax: NamedSyntax, isOver: boolean): readonly CallPiece[] | undefined => {
    const mark = syntax.mark.trim();
    const end = held.indexOf(mark);
    if (end < 0) return !isOver && held.length < MOST_NAME_CHARACTERS ? undefined : leave();
    const [name = ""] = take(end, mark.length).split("[");
    return beginCall(createCallObject(undefined, syntax.isId ? nameInId(name.trim()) : name.trim()));
  };

  const beginCall = (reader: CallReader): readonly CallPiece[] => {
    state = "within";
    call = reader;
    return [];
  };

  const readCall = (): readonly CallPiece[] | undefined => {
    if (held === "" || call === undefined) return undefined;
    const { pieces, rest } = call.push(held);
    held = rest ?? "";
    const isNone = (syntax.kind === "tagged" || syntax.kind === "marked") && pieces.some(({ type }) => type === "text");
    if (rest !== undefined) state = isNone ? "text" : "between";
    return pieces;
  };

  const take = (length: number, alsoDropped = 0): string => {
    const taken = held.slice(0, length);
    held = held.slice(length + alsoDropped);
    return taken;
  };

  const text = (text: string): readonly CallPiece[] => (text === "" ? [] : [{ type: "text", text }]);

  const readAll = (isOver: boolean): CallPiece[] => {
    const pieces: CallPiece[] = [];
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

/** `functions.name:0` */
function nameInId(id: string): string {
  return id.replace(/^functions\./, "").replace(/:\d+$/, "");
}
