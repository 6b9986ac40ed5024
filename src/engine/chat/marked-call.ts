import type { CallReader } from "./call-reader.ts";
import { jsonValue } from "./json-value.ts";
import { type CallStep, createSteppedCall, mayBegin } from "./stepped-call.ts";
import type { MarkedSyntax } from "./tool-format.ts";
import { unfinished } from "./unfinished.ts";

/** A key or a value without marks around it, whole; some models put JSON's quotes around one. */
const KEY = /^(?:"(?:\\[^]|[^"\\])*"|[^":][^:]*)(?=\s*:)/;
const VALUE = /^(?:"(?:\\[^]|[^"\\])*"|[^"{}[\],][^{}[\],]*(?=[{}[\],]))/;

/**
 * Reads a call whose texts stand between marks, and whose keys stand bare, and gives its arguments out as a JSON object:
 * texts while they come, other values when they are whole.
 */
export function createMarkedCall({ before, quote }: MarkedSyntax): CallReader {
  const beginning = new RegExp(`^\\s*${RegExp.escape(before)}\\s*([\\w.:-]+)\\s*(?=\\{)`);
  let state: "name" | "structure" | "text" = "name";
  /** What closes the objects and lists that are open. */
  const closings: string[] = [];
  let isKey = false;
  let separator = "";

  const readName = (held: string): CallStep | "none" | undefined => {
    const [whole, name] = beginning.exec(held) ?? [];
    if (whole === undefined || name === undefined) return mayBegin(held, before) ? undefined : "none";
    state = "structure";
    return { pieces: [{ type: "toolCall", name }], rest: held.slice(whole.length) };
  };

  const readStructure = (held: string): CallStep | undefined => {
    const start = held.trimStart();
    if (quote.startsWith(start) && start !== quote) return undefined;
    if (start.startsWith(quote)) {
      state = "text";
      return written('"', start.slice(quote.length));
    }
    return /^[{}[\],:]/.test(start) ? readPunctuation(start.charAt(0), start.slice(1)) : readWord(start);
  };

  const readPunctuation = (mark: string, rest: string): CallStep => {
    isKey = mark === "{" || (mark === "," && closings.at(-1) === "}");
    if (mark === ",") {
      separator = ", ";
      return { pieces: [], rest };
    }
    if (mark === ":") return written(": ", rest);
    if (mark === "{" || mark === "[") {
      closings.push(mark === "{" ? "}" : "]");
      return written(mark, rest);
    }
    closings.pop();
    separator = "";
    return { ...written(mark, rest), isLast: closings.length === 0 };
  };

  const readWord = (held: string): CallStep | undefined => {
    const word = (isKey ? KEY : VALUE).exec(held)?.[0];
    if (word === undefined) return undefined;
    const json = isKey && !word.startsWith('"') ? JSON.stringify(word.trim()) : jsonValue(word.trim());
    return written(json, held.slice(word.length));
  };

  const readText = (held: string): CallStep | undefined => {
    const end = held.indexOf(quote);
    const length = end < 0 ? held.length - unfinished(held, quote) : end;
    const text = JSON.stringify(held.slice(0, length)).slice(1, -1);
    if (end >= 0) {
      state = "structure";
      return written(`${text}"`, held.slice(end + quote.length));
    }
    return text === "" ? undefined : written(text, held.slice(length));
  };

  /** With the comma before it: one with nothing after it is none of JSON's. */
  const written = (json: string, rest: string): CallStep => {
    const text = separator + json;
    separator = "";
    return { pieces: [{ type: "arguments", text }], rest };
  };

  return createSteppedCall((held) => {
    if (state === "name") return readName(held);
    return state === "structure" ? readStructure(held) : readText(held);
  });
}
