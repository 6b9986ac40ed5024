import { say, type Wording } from "../../messages/say.ts";
import { EngineError } from "../errors.ts";

/**
 * @param path where it stands in the schema: `#/properties/name`.
 * @throws EngineError `bad_request`, always.
 */
export function refuse(path: string, why: Wording): never {
  const shown = path.length > 100 ? `${path.slice(0, 100)}…` : path;
  throw new EngineError("bad_request", say.schemaUnusable(shown, why));
}
