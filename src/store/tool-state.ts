import { LRUCache } from "lru-cache";
import type { ToolState } from "../api/tool-state.ts";

const MAX_ENTRIES = 20_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
const FRESH_MS = 6 * 60 * 60 * 1000;

/** Keeps the states of the latest tool calls in this process's memory, within bounds. */
export function createMemoryToolState(): ToolState {
  const states = new LRUCache<string, string>({
    max: MAX_ENTRIES,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (json, id) => json.length + id.length,
    ttl: FRESH_MS,
  });
  return {
    async load(ids) {
      const known = ids.flatMap((id) => {
        const json = states.get(id);
        return json === undefined ? [] : [[id, JSON.parse(json) as unknown] as const];
      });
      return new Map(known);
    },
    save(id, state) {
      states.set(id, JSON.stringify(state));
    },
  };
}
