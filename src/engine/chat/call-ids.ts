import { createHash } from "node:crypto";
import type { TemplateMessage } from "../model.ts";
import { callsOf } from "./written-calls.ts";

/** How a model wants the ids of calls: `short` is nine letters and digits, `named` is `functions.name:0`. */
export type IdStyle = "any" | "short" | "named";

/** The ids of a conversation's calls as the model wants them: the same for a call and its result. */
export function idsOf(messages: readonly TemplateMessage[], style: IdStyle): (id: string) => string {
  if (style === "any") return (id) => id;
  if (style === "short") return shortId;
  const calls = messages.flatMap(callsOf);
  const ids = new Map(calls.map(({ id, function: { name } }, index) => [id, `functions.${name}:${index}`]));
  return (id) => ids.get(id) ?? id;
}

/** The same nine letters and digits for the same id. */
function shortId(id: string): string {
  return /^[a-zA-Z0-9]{9}$/.test(id) ? id : createHash("sha256").update(id).digest("hex").slice(0, 9);
}
