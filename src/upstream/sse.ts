import { ApiError } from "../api/error.ts";

export interface ServerSentEvent {
  /** The `event:` field; "" where there is none. */
  readonly event: string;
  /** Several `data:` lines are joined with a line feed. */
  readonly data: string;
}

/** One event longer than this is an error, so that a server that never ends a line cannot fill the memory. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

/**
 * The events of a stream, whatever line ends it uses and wherever its reads are cut, also inside a character. Comments
 * and events without data are passed over; a last event without its blank line counts.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let heldReturn = "";

  for await (const bytes of body) {
    let text = heldReturn + decoder.decode(bytes, { stream: true });
    // The line feed of a last "\r" may come with the next read.
    heldReturn = text.endsWith("\r") ? "\r" : "";
    if (text.includes("\r")) text = text.slice(0, text.length - heldReturn.length).replaceAll(/\r\n?/g, "\n");

    let from = Math.max(0, rest.length - 1);
    let start = 0;
    rest += text;
    for (let end = rest.indexOf("\n\n", from); end >= 0; end = rest.indexOf("\n\n", from)) {
      const event = parseEvent(rest.slice(start, end));
      start = from = end + 2;
      if (event) yield event;
    }
    rest = rest.slice(start);
    if (rest.length > MAX_EVENT_LENGTH) throw tooLong();
  }

  const event = parseEvent((rest + decoder.decode()).trimEnd());
  if (event) yield event;
}

function parseEvent(block: string): ServerSentEvent | undefined {
  // Nearly every event is one line of data.
  if (block.startsWith("data: ") && !block.includes("\n")) return { event: "", data: block.slice(6) };

  let event = "";
  let data: string | undefined;
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") event = value;
    else if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
  }
  return data === undefined ? undefined : { event, data };
}

function tooLong(): ApiError {
  return new ApiError(502, "api_error", `The provider sent an event longer than ${MAX_EVENT_LENGTH} characters.`, {
    code: "upstream_too_large",
  });
}
