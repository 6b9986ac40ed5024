/** The system's or Node's code of an error, such as `ENOENT`; undefined where it has none. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
