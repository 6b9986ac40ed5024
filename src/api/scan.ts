const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Most strings are short; beyond this, the native search is faster than a loop. */
const SHORT_BYTES = 48;

/** The index after the closing quote of the JSON string that opens at `start`; the document's end where there is none. */
export function stringEnd(json: Buffer, start: number): number {
  const near = Math.min(json.length, start + SHORT_BYTES);
  let at = start + 1;
  for (; at < near; at++) {
    if (json[at] === QUOTE) return at + 1;
    if (json[at] === BACKSLASH) at++;
  }
  // From here on, a backslash is looked for only before a quote.
  for (let quote = json.indexOf(QUOTE, at); quote >= 0; quote = json.indexOf(QUOTE, quote + 1)) {
    let first = quote;
    while (first > at && json[first - 1] === BACKSLASH) first--;
    if ((quote - first) % 2 === 0) return quote + 1;
  }
  return json.length;
}
