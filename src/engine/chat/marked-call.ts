import type { CallPiece, CallReader } from "./call-reader.ts";
import { jsonValue } from "./json-value.ts";
import type { MarkedSyntax } from "./tool-format.ts";
import { unfinished } from "./unfinished.ts";

/** A longer beginning than this has no name in it. */
const MOST_NAME_CHARACTERS = 200;
/** A key or a value without marks around it, whole; some models put JSON's quotes around one. */
const KEY = /^(?:"(?:\\[^]|[^"\\])*"|[^":][^:]*)(?=\s*:)/;
const VALUE = /^(?:"(?:\\[^]|[^"\\])*"|[^"{}[\],][^{}[\],]*(?=[{}[\],]))/;

/**
 * Reads a call whose texts stand between marks, and whose keys stand bare, and gives its arguments out as a JSON object:
 * texts while they come, other values when they are whole.
 */
export function createMarkedCall({ before, quote }: MarkedSyntax): CallReader {
  const beginning = new RegExp(`^\\s*${RegExp.escape(before)}\\s*([\\w.:-]+)\\s*(?=\\{)`);
  let state: "name" | "structure" | "text" | "over" = "name";
  let held = "";
  let raw = "";
  /** What closes the objects and lists that are open. */
  const closings: string[] = [];
  let isKey = false;
  let separator = "";

  /** Undefined when there is nothing more to be read of what is held. */
  const step = (): readonly CallPiece[] | undefined => {
    if (state === "name") return readName();
    if (state === "structure") return readStructure();
    return state === "text" ? readText() : undefined;
  };

  const readName = (): readonly CallPiece[] | undefined => {
    const [whole, name] = beginning.exec(held) ?? [];
    if (whole !== undefined && name !== undefined) {
      held = held.slice(whole.length);
      state = "structure";
      return [{ type: "toolCall", name }];
    }
    const start = held.trimStart();
    if (start.length < MOST_NAME_CHARACTERS && (start.startsWith(before) || before.startsWith(start))) return undefined;
    state = "over";
    held = "";
    return [{ type: "text", text: raw }];
  };

  const readStructure = (): readonly CallPiece[] | undefined => {
    held = held.trimStart();
    if (quote.startsWith(held) && held !== quote) return undefined;
    if (held.startsWith(quote)) {
      held = held.slice(quote.length);
      state = "text";
      return written('"');
    }
    return /^[{}[\],:]/.test(held) ? readPunctuation(held.charAt(0)) : readWord();
  };

  const readPunctuation = (mark: string): readonly CallPiece[] => {
    held = held.slice(1);
    isKey = mark === "{" || (mark === "," && closings.at(-1) === "}");
    if (mark === ",") {
      separator = ", ";
      return [];
    }
    if (mark === ":") return written(": ");
    if (mark === "{" || mark === "[") {
      closings.push(mark === "{" ? "}" : "]");
      return written(mark);
    }
    closings.pop();
    separator = "";
    if (closings.length === 0) state = "over";
    return written(mark);
  };

  const readWord = (): readonly CallPiece[] | undefined => {
    const word = (isKey ? KEY : VALUE).exec(held)?.[0];
    if (word === undefined) return undefined;
    held = held.slice(word.length);
    return written(isKey && !word.startsWith('"') ? JSON.stringify(word.trim()) : jsonValue(word.trim()));
  };

  const readText = (): readonly CallPiece[] | undefined => {
    const end = held.indexOf(quote);
    const length = end < 0 ? held.length - unfinished(held, quote) : end;
    const text = JSON.stringify(held.slice(0, length)).slice(1, -1);
    held = held.slice(end < 0 ? length : end + quote.length);
    if (end >= 0) state = "structure";
    else if (text === "") return undefined;
    return written(end < 0 ? text : `${text}"`);
  };

  /** With the comma before it: one with nothing after it is none of JSON's. */
  const written = (json: string): readonly CallPiece[] => {
    const text = separator + json;
    separator = "";
    return [{ type: "arguments", text }];
  };

  return {
    push(text) {
      held += text;
      if (state === "name") raw += text;
      const pieces: CallPiece[] = [];
      for (let more = step(); more !== undefined; more = step()) pieces.push(...more);
      return state === "over" ? { pieces, rest: held } : { pieces };
    },
    end: () => (state === "name" ? [{ type: "text", text: raw }] : []),
  };
}
