import type { EngineFault } from "../messages/errors.en.ts";
import type { Wording } from "../messages/say.ts";

/** Why the engine could not do what was asked; whoever serves it to clients decides what that is on their wire. */
export type EngineErrorCode = EngineFault;

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  /** What it says in every language. */
  readonly wording: Wording;
  /** The field of the request that is wrong, as clients call it. */
  readonly field: string | undefined;

  /** @param message says what was wrong, with the value, and what would be right. */
  constructor(code: EngineErrorCode, message: Wording, options?: { cause?: unknown; field?: string }) {
    super(message.en, options);
    this.wording = message;
    this.code = code;
    this.field = options?.field;
  }
}
