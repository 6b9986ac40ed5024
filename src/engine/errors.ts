/** Why the engine could not do what was asked; whoever serves it to clients decides what that is on their wire. */
export type EngineErrorCode =
  /** No such repository, revision or file. */
  | "model_not_found"
  /** The repository's licence must be accepted, or it is private and there is no token. */
  | "gated"
  /** The hub refused the token. */
  | "bad_token"
  /** The hub, and whatever else may have the files, could not be reached. */
  | "no_network"
  /** The download arrived with another checksum than the hub announced. */
  | "corrupt"
  | "disk_full"
  | "out_of_memory"
  /** A native package that is optional is not installed. */
  | "not_installed"
  /** An architecture or format that the engine cannot run. */
  | "unsupported"
  | "context_length_exceeded"
  /** The request itself is wrong, for example a path outside the allowed folders. */
  | "bad_request"
  /** Too many calls wait already. */
  | "busy";

export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  /** The field of the request that is wrong, as clients call it. */
  readonly field: string | undefined;

  /** @param message says what was wrong, with the value, and what would be right. */
  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown; field?: string }) {
    super(message, options);
    this.code = code;
    this.field = options?.field;
  }
}
