/** How much of a JSON text has come, and what it says until now. */
export interface PartialJson {
  readonly value: unknown;
  /** The innermost value that is not at its end: its parents are not either. Undefined when all has come. */
  readonly openPath: readonly (string | number)[] | undefined;
}

/**
 * Reads the beginning of a JSON text. A string that is not at its end is there as far as it has come; a number or a
 * word (`tru`), which may yet be another, is not.
 *
 * @returns undefined where nothing has come.
 * @throws SyntaxError for what no further text can make valid, with the place.
 */
export function readPartialJson(text: string): PartialJson | undefined {
  const reader = createReader(text);
  reader.skipSpace();
  if (reader.isAtEnd()) return undefined;
  const value = reader.value([]);
  if (reader.openPath() === undefined) {
    reader.skipSpace();
    if (!reader.isAtEnd()) throw reader.unexpected();
  }
  return { value: value === NOT_YET ? undefined : value, openPath: reader.openPath() };
}

const NOT_YET = Symbol("not yet");
type Path = readonly (string | number)[];

interface Reader {
  value(path: Path): unknown;
  skipSpace(): void;
  isAtEnd(): boolean;
  openPath(): Path | undefined;
  unexpected(): SyntaxError;
}

function createReader(text: string): Reader {
  let at = 0;
  let open: Path | undefined;

  const isAtEnd = (): boolean => at >= text.length;
  const unexpected = (): SyntaxError =>
    new SyntaxError(`Unexpected '${text.slice(at, at + 12)}' at character ${at + 1}.`);
  const skipSpace = (): void => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  /** The text ends within this value. */
  const ends = (path: Path): typeof NOT_YET => {
    open ??= path;
    return NOT_YET;
  };

  const value = (path: Path): unknown => {
    const char = text[at];
    if (char === undefined) return ends(path);
    if (char === "{") return object(path);
    if (char === "[") return array(path);
    if (char === '"') return string(path);
    return literal(path);
  };

  const object = (path: Path): unknown => {
    const entries: [string, unknown][] = [];
    at++;
    if (isClosed(path, "}", "")) return {};
    for (;;) {
      const key = member(path);
      if (key === undefined) break;
      const entry = value([...path, key]);
      if (entry !== NOT_YET) entries.push([key, entry]);
      if (isClosed(path, "}")) break;
    }
    return Object.fromEntries(entries);
  };

  /** A key and its colon; undefined where the text ends before the value may begin. */
  const member = (path: Path): string | undefined => {
    skipSpace();
    if (!isAtEnd() && text[at] !== '"') throw unexpected();
    const key = isAtEnd() ? "" : string(path);
    skipSpace();
    if (isAtEnd()) {
      ends(path);
      return undefined;
    }
    if (text[at] !== ":") throw unexpected();
    at++;
    skipSpace();
    return key;
  };

  const array = (path: Path): unknown => {
    const entries: unknown[] = [];
    at++;
    if (isClosed(path, "]", "")) return entries;
    for (;;) {
      skipSpace();
      const entry = value([...path, entries.length]);
      if (entry !== NOT_YET) entries.push(entry);
      if (isClosed(path, "]")) return entries;
    }
  };

  /**
   * Between entries: whether the container is at its end, or the text is; else what separates entries has been read.
   * @param separator "" before the first.
   */
  const isClosed = (path: Path, bracket: "}" | "]", separator: "," | "" = ","): boolean => {
    if (open) return true;
    skipSpace();
    if (isAtEnd()) {
      ends(path);
      return true;
    }
    const isBracket = text[at] === bracket;
    if (!isBracket && separator !== "" && text[at] !== separator) throw unexpected();
    if (isBracket || separator !== "") at++;
    return isBracket;
  };

  const string = (path: Path): string => {
    WHOLE_STRING.lastIndex = at;
    const [found] = WHOLE_STRING.exec(text) ?? [];
    if (found !== undefined) {
      at += found.length;
      return JSON.parse(found) as string;
    }
    const begun = text.slice(at);
    ends(path);
    at = text.length;
    return beginningOfString(begun);
  };

  const literal = (path: Path): unknown => {
    const [found = ""] = /^[-+.\w]+/.exec(text.slice(at)) ?? [];
    if (found === "") throw unexpected();
    if (at + found.length === text.length && !["true", "false", "null"].includes(found)) {
      if (!MAY_BECOME_LITERAL.test(found)) throw unexpected();
      // Alone, a number is whole; within something, it may go on.
      if (path.length > 0 || !isNumber(found)) return ends(path);
    }
    try {
      const read: unknown = JSON.parse(found);
      at += found.length;
      return read;
    } catch {
      throw unexpected();
    }
  };

  return { value, skipSpace, isAtEnd, openPath: () => open, unexpected };
}

const WHOLE_STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;

/** An escape may be cut in two: `\u4e`. @throws SyntaxError for what no string may have in it. */
function beginningOfString(begun: string): string {
  for (let cut = 0; cut < "\\u4e00".length; cut++) {
    try {
      return JSON.parse(`${begun.slice(0, begun.length - cut)}"`) as string;
    } catch {
      // Perhaps it ends within an escape: try with less of it.
    }
  }
  throw new SyntaxError("A string has a character in it that JSON does not allow.");
}

const MAY_BECOME_LITERAL = /^(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|n(?:u(?:ll?)?)?|-?\d*\.?\d*(?:[eE][-+]?\d*)?)$/;

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
