import type { EngineFault } from "../messages/errors.en.ts";
import { say, type Wording } from "../messages/say.ts";

/** Why the engine could not do what was asked; whoever serves it to clients decides what that is on their wire. */
export type EngineErrorCode = EngineFault;

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  /** What it says in every language; undefined where it speaks of a model's files in English alone. */
  readonly wording: Wording | undefined;
  /** The field of the request that is wrong, as clients call it. */
  readonly field: string | undefined;

  /** @param message says what was wrong, with the value, and what would be right. */
  constructor(code: EngineErrorCode, message: Wording | string, options?: { cause?: unknown; field?: string }) {
    super(typeof message === "string" ? message : message.en, options);
    this.wording = typeof message === "string" ? undefined : message;
    this.code = code;
    this.field = options?.field;
  }
}

/** What an error says to people: what is known in English only stands behind what it means. */
export function toldWhy({ code, wording, message }: EngineError): Wording {
  return wording ?? say.engineFault(code, message);
}

/** What an error says, to be put into another message. */
export function wordingOf({ wording, message }: EngineError): Wording {
  return wording ?? { en: message, "zh-TW": message };
}
