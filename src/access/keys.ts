import { hash, randomUUID } from "node:crypto";
import { ApiError } from "../api/error.ts";
import { say, type Wording } from "../messages/say.ts";

/** Who may call. */
export interface Access {
  /** @throws ApiError 401 for a key that is missing or wrong. */
  admit(key: string | undefined): void;
  readonly needsKey: boolean;
}

/** @param keys the keys that clients may send; where there are none, every caller is let in. */
export function createAccess(keys: readonly string[]): Access {
  // Looked up by a digest that nobody outside can compute: the time that it takes tells nothing about the keys.
  const secret = randomUUID();
  const digest = (key: string): string => hash("sha256", secret + key, "base64");
  const digests = new Set(keys.map(digest));
  return {
    needsKey: digests.size > 0,
    admit(key) {
      if (digests.size === 0) return;
      if (key === undefined) throw refused(say.clientKeyMissing);
      if (!digests.has(digest(key))) throw refused(say.clientKeyWrong);
    },
  };
}

function refused(message: Wording): ApiError {
  return new ApiError(401, "authentication_error", message, { code: "invalid_api_key" });
}
