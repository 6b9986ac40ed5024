import type { CallPiece, CallReader } from "./call-reader.ts";
import { parsedJson } from "./json-value.ts";

/**
 * Reads a call as Python writes one, `name(key="value", other=[1, None])`, and gives its arguments out as a JSON object,
 * each when it is whole.
 */
export function createPythonCall(): CallReader {
  let raw = "";
  let name: string | undefined;
  let token = "";
  let key: string | undefined;
  let quote = "";
  let isEscaped = false;
  /** Where in the token the quote stands that may end its string. */
  let quoteAt: number | undefined;
  let depth = 0;
  let count = 0;

  /** Reads one character; undefined when it is the call's last. */
  const read = (character: string): readonly CallPiece[] | undefined => {
    if (quoteAt !== undefined && !/\s/.test(character)) judgeQuote(character, quoteAt);
    if (quote !== "") readInString(character);
    else if (name === undefined && character === "(") {
      name = take();
      return [{ type: "toolCall", name }];
    } else if (depth === 0 && character === "=" && key === undefined) key = take();
    else if (depth === 0 && name !== undefined && (character === "," || character === ")")) {
      return character === "," ? argument() : undefined;
    } else readStructure(character);
    return [];
  };

  const readInString = (character: string): void => {
    token += character;
    if (isEscaped) isEscaped = false;
    else if (character === "\\") isEscaped = true;
    else if (character === quote) quoteAt = token.length - 1;
  };

  /** What comes after a value tells its last quote from one inside, which some models do not escape. */
  const judgeQuote = (next: string, at: number): void => {
    if (",)]}:".includes(next)) quote = "";
    else token = `${token.slice(0, at)}\\${token.slice(at)}`;
    quoteAt = undefined;
  };

  const readStructure = (character: string): void => {
    token += character;
    if (character === '"' || character === "'") quote = character;
    else if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
  };

  const take = (): string => {
    const taken = token.trim();
    token = "";
    return taken;
  };

  const argument = (): readonly CallPiece[] => {
    const value = take();
    if (key === undefined) return []; // without a name nobody knows which it is
    const text = `${count++ === 0 ? "{" : ", "}${JSON.stringify(key)}: ${json(value)}`;
    key = undefined;
    return [{ type: "arguments", text }];
  };

  return {
    push(text) {
      const pieces: CallPiece[] = [];
      for (let index = 0; index < text.length; index++) {
        raw += text[index] ?? "";
        const more = read(text[index] ?? "");
        if (more === undefined) {
          pieces.push(...argument(), { type: "arguments", text: count === 0 ? "{}" : "}" });
          return { pieces, rest: text.slice(index + 1) };
        }
        pieces.push(...more);
      }
      return { pieces };
    },
    end: () => (name === undefined ? [{ type: "text", text: raw }] : []),
  };
}

const LITERAL = /'((?:\\[^]|[^'\\])*)'|"((?:\\[^]|[^"\\])*)"|\b(True|False|None)\b/g;
const WORDS: Readonly<Record<string, string>> = { True: "true", False: "false", None: "null" };

/** A Python value as JSON; as a text, where it is none. */
function json(value: string): string {
  const text = value.replaceAll(LITERAL, (_, single?: string, double?: string, word?: string) => {
    if (word !== undefined) return WORDS[word] ?? word;
    return `"${jsonText(single ?? double ?? "")}"`;
  });
  return parsedJson(text) === undefined ? JSON.stringify(value) : text;
}

/** What stands between a string's quotes, between JSON's. */
function jsonText(text: string): string {
  return text.replaceAll(/\\'|\\[^]|["\n\r\t]/g, (part) => {
    if (part === "\\'") return "'";
    return part.startsWith("\\") ? part : JSON.stringify(part).slice(1, -1);
  });
}
