import { type ApiError, upstreamBroke, upstreamUnreadable } from "../api/error.ts";
import type { Receipt } from "../api/receipt.ts";

/** Reads the events of one stream, each of which is a JSON object. */
export interface EventReader {
  /**
   * @returns undefined for an event that cannot be read and shows no words: it is passed over, and the end of the stream
   * tells whether the answer is whole all the same.
   * @throws ApiError 502 for one in whose place the answer would have a hole.
   */
  read(text: string): object | undefined;
  /** The error of a stream that has ended before its answer was whole. */
  broke(): ApiError;
}

/** The beginning of a text, a thought, a tool's name or an argument, on any vendor's wire. */
const SPEAKS =
  /"(content|refusal|reasoning|reasoning_content|thinking|text|delta|name|arguments|partial_json)"\s*:\s*"[^"]/;

/** @param onSkipped an event is passed over. */
export function createEventReader(title: string, onSkipped: () => void): EventReader {
  let unreadable: ApiError | undefined;
  return {
    read(text) {
      const { value, cause } = parsed(text);
      if (typeof value === "object" && value !== null) return value;
      unreadable ??= upstreamUnreadable(title, cause);
      if (SPEAKS.test(text)) throw unreadable;
      onSkipped();
      return undefined;
    },
    broke: () => unreadable ?? upstreamBroke(title),
  };
}

/** An event that was passed over stands in the call's record. */
export function noteSkipped(receipt: Receipt): void {
  receipt.note("dropped", "malformed_event");
}

function parsed(text: string): { readonly value?: unknown; readonly cause?: unknown } {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    return { cause };
  }
}
