import { EngineError } from "../errors.ts";

/**
 * @param path where it stands in the schema: `#/properties/name`.
 * @throws EngineError `bad_request`, always.
 */
export function refuse(path: string, why: string): never {
  const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path;
  throw new EngineError("bad_request", `The schema cannot be used: '${shown}' ${why}.`);
}
