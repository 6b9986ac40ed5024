import { createHash, timingSafeEqual } from "node:crypto";
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
  const digests = keys.map(digest);
  return {
    needsKey: digests.length > 0,
    admit(key) {
      if (digests.length === 0) return;
      if (key === undefined) throw refused(say.clientKeyMissing);
      const given = digest(key);
      // Each is compared, and in constant time, so that the time tells nothing about the keys.
      const matches = digests.map((known) => timingSafeEqual(known, given));
      if (!matches.includes(true)) throw refused(say.clientKeyWrong);
    },
  };
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function refused(message: Wording): ApiError {
  return new ApiError(401, "authentication_error", message, { code: "invalid_api_key" });
}
