import { ApiError } from "../api/error.ts";

/** One line longer than this is an error, so that a server that never ends a line cannot fill the memory. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/**
 * The lines of a stream of JSON lines (NDJSON), as text, wherever its reads are cut, also inside a character. Empty
 * lines are passed over; a last line without its line feed counts.
 *
 * Source: https://github.com/ndjson/ndjson-spec
 */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";

  for await (const bytes of body) {
    let from = rest.length;
    let start = 0;
    rest += decoder.decode(bytes, { stream: true });
    for (let end = rest.indexOf("\n", from); end >= 0; end = rest.indexOf("\n", from)) {
      const line = rest.slice(start, end).trim();
      start = from = end + 1;
      if (line !== "") yield line;
    }
    rest = rest.slice(start);
    if (rest.length > MAX_LINE_LENGTH) throw tooLong();
  }

  const line = (rest + decoder.decode()).trim();
  if (line !== "") yield line;
}

function tooLong(): ApiError {
  return new ApiError(502, "api_error", `The provider sent a line longer than ${MAX_LINE_LENGTH} characters.`, {
    code: "upstream_too_large",
  });
}
