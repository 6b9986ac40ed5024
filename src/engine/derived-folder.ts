import { createHash } from "node:crypto";
import type { Snapshot } from "./model.ts";

/** The name of a folder for what is made of a snapshot's files: readable, and another one for each revision. */
export function derivedFolder({ id, revision }: Snapshot): string {
  const readable = id.replaceAll(/[^\w.-]+/g, "--").slice(-60);
  const hash = createHash("sha256").update(`${id}\0${revision}`).digest("hex");
  return `${readable}-${hash.slice(0, 16)}`;
}
