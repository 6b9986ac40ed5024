import type { CallPiece, CallReader } from "./call-reader.ts";
import { parsedJson } from "./json-value.ts";

const NAMES = new Set(["name", "tool_name"]);
const ARGUMENTS = new Set(["arguments", "parameters"]);

/**
 * Reads a call that is a JSON object with a name and arguments, from its first brace on.
 *
 * The arguments are given out while they come, as the model writes them, once the name is known.
 *
 * @param names of functions, where only an object that names one of them is a call.
 * @param givenName where the name has come before, and the object is the arguments alone.
 */
export function createCallObject(names: ReadonlySet<string> | undefined, givenName?: string): CallReader {
  let raw = "";
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let stringStart = 0;
  let key: string | undefined;
  let isValue = false;
  let name = givenName;
  let argumentsText = "";
  let sent = 0;
  let isOpened = false;

  /** Reads one character; true when it is the object's last. */
  const read = (character: string): boolean => {
    const isArgument = givenName !== undefined || (isValue && ARGUMENTS.has(key ?? ""));
    raw += character;
    if (inString) readInString(character);
    else {
      const isBorder = depth === 1 && givenName === undefined && (character === "," || character === "}");
      readStructure(character);
      if (isBorder) return depth === 0;
    }
    if (isArgument) argumentsText += character;
    return depth === 0 && raw.trimStart() !== "";
  };

  const readInString = (character: string): void => {
    if (isEscaped) isEscaped = false;
    else if (character === "\\") isEscaped = true;
    else if (character === '"') {
      inString = false;
      if (depth === 1) readString(raw.slice(stringStart));
    }
  };

  const readString = (json: string): void => {
    const text = parsedJson(json);
    if (typeof text !== "string") return;
    if (!isValue) key = text;
    else if (NAMES.has(key ?? "") && name === undefined) name = text;
  };

  const readStructure = (character: string): void => {
    if (character === '"') {
      inString = true;
      stringStart = raw.length - 1;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (depth === 1 && character === ":") isValue = true;
    else if (depth === 1 && character === ",") isValue = false;
  };

  const isCall = (): boolean => name !== undefined && (names?.has(name) ?? true);

  /** The part of an object's text that is certain to belong to it: not the white space at its end. */
  const stream = (): readonly CallPiece[] => {
    const text = argumentsText.trimStart();
    if (!isCall() || !text.startsWith("{")) return [];
    const piece = text.trimEnd().slice(sent);
    sent += piece.length;
    return [...opening(), ...(piece === "" ? [] : [{ type: "arguments", text: piece } as const])];
  };

  const opening = (): readonly CallPiece[] => {
    if (isOpened) return [];
    isOpened = true;
    return [{ type: "toolCall", name: name ?? "" }];
  };

  const finish = (): readonly CallPiece[] => {
    if (!isCall()) return [{ type: "text", text: raw }];
    const streamed = stream();
    if (isOpened) return streamed;
    return [...opening(), { type: "arguments", text: asObject(argumentsText) }];
  };

  return {
    push(text) {
      for (let index = 0; index < text.length; index++) {
        if (read(text[index] ?? "")) return { pieces: finish(), rest: text.slice(index + 1) };
      }
      return { pieces: stream() };
    },
    end: () => (isOpened ? [] : [{ type: "text", text: raw }]),
  };
}

/** Arguments that are no object: some models write one as a string, or nothing at all. */
function asObject(json: string): string {
  const value = parsedJson(json);
  return typeof value === "string" && value.trimStart().startsWith("{") ? value.trim() : "{}";
}
