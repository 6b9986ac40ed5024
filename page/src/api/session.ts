import { type ReadonlySignal, signal } from "@preact/signals";
import { refusals, requestJson } from "./request.ts";

/** `GET /admin/session` */
export interface Session {
  /** Whether the server asks for a key at all. */
  readonly needs_key: boolean;
  readonly signed_in: boolean;
  readonly version: string;
}

const OPEN: Session = { needs_key: false, signed_in: true, version: "" };
const current = signal<Session | undefined>(undefined);

/** Undefined until the server has said. */
export const session: ReadonlySignal<Session | undefined> = current;

/** Asks the server now, and whenever it refuses a request: sessions end, and servers start anew with a key. */
export function followSession(): void {
  refusals.subscribe(() => void refreshSession());
}

let asking: Promise<void> | undefined;

/** Questions at the same time are one. */
function refreshSession(): Promise<void> {
  asking ??= ask().finally(() => void (asking = undefined));
  return asking;
}

/** A server that does not say asks for no key: if it does, its answers say so. */
async function ask(): Promise<void> {
  current.value = await requestJson<Session>("/admin/session").catch(() => OPEN);
}

/** @throws ApiFailure 401 for a wrong key. */
export async function signIn(key: string): Promise<void> {
  await asking; // its answer would be of before
  current.value = await requestJson<Session>("/admin/session", { method: "POST", body: { key } });
}

export async function signOut(): Promise<void> {
  await asking;
  current.value = await requestJson<Session>("/admin/session", { method: "DELETE" });
}
