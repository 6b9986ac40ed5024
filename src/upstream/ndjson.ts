import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import type { Decoder } from "./decoder.ts";

/** One line longer than this is an error, so that a server that never ends a line cannot fill the memory. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024;

/**
 * The lines of a stream of JSON lines (NDJSON), as text, wherever its reads are cut. Empty lines are passed over; a last
 * line without its line feed counts.
 *
 * Source: https://github.com/ndjson/ndjson-spec
 */
export function createLineDecoder(): Decoder<string> {
  // A byte order mark counts as white space around the line.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The beginning of a line whose end has not come. */
  const begun: string[] = [];
  let begunLength = 0;

  return {
    read(bytes) {
      const text = decoder.decode(bytes, { stream: true });
      const lines: string[] = [];
      let start = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
        const line = (begun.join("") + text.slice(start, end)).trim();
        begun.length = begunLength = 0;
        start = end + 1;
        if (line !== "") lines.push(line);
      }
      begun.push(text.slice(start));
      begunLength += text.length - start;
      if (begunLength > MAX_LINE_LENGTH) throw tooLong();
      return lines;
    },

    end() {
      const line = (begun.join("") + decoder.decode()).trim();
      return line === "" ? [] : [line];
    },
  };
}

function tooLong(): ApiError {
  return new ApiError(502, "api_error", say.lineTooLong(MAX_LINE_LENGTH), {
    code: "upstream_too_large",
  });
}
