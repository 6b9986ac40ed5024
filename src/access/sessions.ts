import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";

/** Browsers whose user has shown a key: instead of the key they keep a random id, which is worth nothing elsewhere. */
export interface Sessions {
  /** @returns the id of a new one. */
  open(): string;
  has(id: string): boolean;
  close(id: string): void;
  /** How long one lasts. */
  readonly maxAgeMs: number;
}

export interface SessionOptions {
  /** Whoever has the same knows the sessions of the others. As long as one process, unless told otherwise. */
  readonly secret?: Uint8Array;
  readonly maxAgeMs?: number;
}

/** Of so many it is kept that they were closed before their time. */
const MAX_CLOSED = 1_000;
const MAX_AGE_MS = 12 * 60 * 60 * 1000;

/** An id is `random.end.mac`: what it is worth stands in itself, so that nothing has to be kept of those that are open. */
export function createSessions({ secret = randomBytes(32), maxAgeMs = MAX_AGE_MS }: SessionOptions = {}): Sessions {
  const closed = new LRUCache<string, true>({ max: MAX_CLOSED, ttl: maxAgeMs });
  const mac = (text: string): string => createHmac("sha256", secret).update(text).digest("base64url");

  const isGenuine = (id: string): boolean => {
    const dot = Math.max(0, id.lastIndexOf("."));
    // As text, since different texts may stand for the same bytes: a session that was closed has one name only.
    const [given, right] = [Buffer.from(id.slice(dot + 1)), Buffer.from(mac(id.slice(0, dot)))];
    return given.length === right.length && timingSafeEqual(given, right);
  };

  return {
    open() {
      const text = `${randomBytes(16).toString("base64url")}.${Date.now() + maxAgeMs}`;
      return `${text}.${mac(text)}`;
    },
    has: (id) => isGenuine(id) && Number(id.split(".")[1]) > Date.now() && !closed.has(id),
    close(id) {
      // What was never a session must not push out what was one.
      if (isGenuine(id)) closed.set(id, true);
    },
    maxAgeMs,
  };
}
