/**
 * The same JSON object with some of its outermost fields changed. All that is not named stays as it was written: digits
 * of large numbers, escapes, fields that we do not know. A field set to `undefined` is left out; of a key that
 * occurs twice, one stays.
 *
 * @param text valid JSON whose outermost value is an object.
 */
export function withFields(text: string, fields: Readonly<Record<string, unknown>>): string {
  const members: string[] = [];
  const missing = new Set(Object.keys(fields));

  for (const { key, source } of outermostMembers(text)) {
    if (!Object.hasOwn(fields, key)) members.push(source);
    else if (missing.delete(key) && fields[key] !== undefined) members.push(member(key, fields[key]));
  }
  for (const key of missing) if (fields[key] !== undefined) members.push(member(key, fields[key]));
  return `{${members.join(",")}}`;
}

function member(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

/** Each `"key": value` of the outermost object, as it is written. */
function* outermostMembers(text: string): Generator<{ key: string; source: string }> {
  let at = text.indexOf("{") + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    if (keyStart < 0) return;
    const keyEnd = stringEnd(text, keyStart);
    const end = valueEnd(text, text.indexOf(":", keyEnd) + 1);
    yield { key: JSON.parse(text.slice(keyStart, keyEnd)) as string, source: text.slice(keyStart, end) };
    at = end + 1;
  }
}

/** The index of the comma or bracket that ends the value which starts at `at`. */
function valueEnd(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    switch (text[i]) {
      case '"':
        i = stringEnd(text, i) - 1;
        break;
      case "{":
      case "[":
        depth++;
        break;
      case "}":
      case "]":
        if (depth === 0) return i;
        depth--;
        break;
      case ",":
        if (depth === 0) return i;
        break;
      default:
    }
  }
  return text.length;
}

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
