import { ApiError } from "../api/error.ts";
import { say } from "../messages/say.ts";
import type { Decoder } from "./decoder.ts";

export interface ServerSentEvent {
  /** The `event:` field; "" where there is none. */
  readonly event: string;
  /** Several `data:` lines are joined with a line feed. */
  readonly data: string;
}

/** One event longer than this is an error, so that a server that never ends a line cannot fill the memory. */
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

/**
 * The events of a stream, whatever line ends it uses and wherever its reads are cut. Comments and events without data are
 * passed over; a last event without its blank line counts.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createEventDecoder(): Decoder<ServerSentEvent> {
  // Left to itself, Node's decoder drops a second such mark, too, when the first read ends inside a character.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let isStart = true;
  /** The beginning of an event whose end has not come. */
  const begun: string[] = [];
  let begunLength = 0;
  /** Line ends behind it, which the next read may make a blank line, or, after a "\r", one line end. */
  let held = "";

  /** With "\n" at the end of each line. */
  const textOf = (bytes: Uint8Array): string => {
    let text = held + decoder.decode(bytes, { stream: true });
    if (isStart && text !== "") {
      isStart = false;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    held = text.endsWith("\r") ? "\r" : "";
    return text.includes("\r") ? text.slice(0, text.length - held.length).replaceAll(/\r\n?/g, "\n") : text;
  };

  return {
    read(bytes) {
      const text = textOf(bytes);
      const events: ServerSentEvent[] = [];
      let start = 0;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n", start)) {
        const event = parseEvent(begun.join("") + text.slice(start, end));
        begun.length = begunLength = 0;
        start = end + 2;
        if (event) events.push(event);
      }
      const isLine = start < text.length && text.endsWith("\n");
      if (isLine) held = `\n${held}`;
      const rest = text.slice(start, isLine ? -1 : undefined);
      if (rest !== "") begun.push(rest);
      begunLength += rest.length;
      if (begunLength > MAX_EVENT_LENGTH) throw tooLong();
      return events;
    },

    end() {
      const event = parseEvent(begun.join("") + held.replace("\r", "\n") + decoder.decode());
      return event ? [event] : [];
    },
  };
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
  return new ApiError(502, "api_error", say.eventTooLong(MAX_EVENT_LENGTH), {
    code: "upstream_too_large",
  });
}
