import { LRUCache } from "lru-cache";

const MAX_ENTRIES = 1000;
const FRESH_MS = 5 * 60 * 1000;

/** Remembers what a vendor has said of its models for some minutes. What fails is asked anew with the next call. */
export function createDescriptions<T extends object>(): (key: string, ask: () => Promise<T>) => Promise<T> {
  const known = new LRUCache<string, T>({ max: MAX_ENTRIES, ttl: FRESH_MS });
  return async (key, ask) => {
    const found = known.get(key);
    if (found) return found;
    const description = await ask();
    known.set(key, description);
    return description;
  };
}
