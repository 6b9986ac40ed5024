import type { ChatCompletionRequest } from "../api/chat.ts";
import type { Receipt } from "../api/receipt.ts";

interface KnownFields {
  /** Those that the translation has dealt with. */
  readonly translated: ReadonlySet<string>;
  /** OpenAI's own that have no equal at the vendor, and do not change what an answer means: they are dropped, and noted. */
  readonly hints: ReadonlySet<string>;
}

/** What OpenAI does not name: it goes to the vendor as it is, so that the vendor's own fields can be used. */
export function unknownFields(
  body: ChatCompletionRequest,
  { translated, hints }: KnownFields,
  receipt: Receipt,
): Readonly<Record<string, unknown>> {
  const given = Object.entries(body).filter(([field, value]) => value != null && !translated.has(field));
  for (const [field] of given) if (hints.has(field)) receipt.note("dropped", field);
  return Object.fromEntries(given.filter(([field]) => !hints.has(field)));
}
