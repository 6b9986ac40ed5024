import type { CallRecord } from "./record.ts";

/** What stands for models that have never answered, and for those beyond the bound. */
export const OTHER = "other";

/** Names of models by which calls are counted: a closed set, however many names clients make up. */
export interface ModelNames {
  /** `openai/gpt-4o`, the model that was asked last; `other` for one that is not in the set. */
  of(record: CallRecord): string;
  has(name: string): boolean;
}

/** A name enters the set with its first answer, as long as there is room. */
export function createModelNames(max = 200): ModelNames {
  const known = new Set<string>();
  return {
    has: (name) => known.has(name),
    of({ provider, providerModel, outcome }) {
      if (provider === undefined) return OTHER;
      const name = `${provider}/${providerModel}`;
      if (known.has(name)) return name;
      if (outcome !== "complete" || known.size >= max) return OTHER;
      known.add(name);
      return name;
    },
  };
}
