import type { IncomingMessage } from "node:http";
import type { ApiError } from "../api/error.ts";
import { EVERY_LANGUAGE, preferredLanguage } from "../messages/language.ts";

interface ErrorText {
  /** JSON in OpenAI's shape. */
  readonly text: string;
  /** For `content-language`; undefined where a provider's own words are shown, in whatever language they are. */
  readonly languages: string | undefined;
}

/** An error as the client of this request reads it: in its language, or in all that there are. */
export function errorText(apiError: ApiError, { headers }: Pick<IncomingMessage, "headers">): ErrorText {
  const { error } = apiError.toJSON();
  const { wording } = apiError;
  if (wording === undefined) return { text: JSON.stringify({ error }), languages: undefined };
  const asked = headers["accept-language"];
  if (asked === EVERY_LANGUAGE) {
    const { en: message, ...translations } = wording;
    return { text: JSON.stringify({ error: { ...error, message, translations } }), languages: "en, zh-TW" };
  }
  const language = preferredLanguage(asked);
  return { text: JSON.stringify({ error: { ...error, message: apiError.said(language) } }), languages: language };
}
