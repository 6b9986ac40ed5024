import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";

/** Browsers whose user has shown a key: instead of the key they keep a random id, which is worth nothing elsewhere. */
export interface Sessions {
  /** @returns the id of a new one. */
  open(): string;
  has(id: string): boolean;
  close(id: string): void;
  /** How long one lasts that nobody uses. */
  readonly idleMs: number;
}

/** The one that was not used for longest goes first. */
const MAX_SESSIONS = 1_000;
const IDLE_MS = 12 * 60 * 60 * 1000;

/** They live as long as this process. */
export function createSessions(idleMs: number = IDLE_MS): Sessions {
  const sessions = new LRUCache<string, true>({ max: MAX_SESSIONS, ttl: idleMs, updateAgeOnGet: true });
  return {
    open() {
      const id = randomBytes(32).toString("base64url");
      sessions.set(id, true);
      return id;
    },
    has: (id) => sessions.get(id) === true,
    close: (id) => void sessions.delete(id),
    idleMs,
  };
}
