import type { HealthChange } from "../gateway/health.ts";

/** Of one target or key no more is told than once in this time: a provider that fails, fails for every call. */
const EVERY_MS = 50;

interface Quiet {
  told: HealthChange;
  /** What came meanwhile; only the latest is worth telling. */
  latest: HealthChange | undefined;
}

/** Tells at once, and then the latest after a while; that a target is now left alone does not wait. */
export function createHealthNews(tell: (change: HealthChange) => void): (change: HealthChange) => void {
  const quiet = new Map<string, Quiet>(); // what has been told of within `EVERY_MS`

  const say = (name: string, change: HealthChange): void => {
    const own: Quiet = { told: change, latest: undefined };
    quiet.set(name, own);
    tell(change);
    setTimeout(() => {
      quiet.delete(name);
      if (own.latest) say(name, own.latest);
    }, EVERY_MS).unref();
  };

  return (change) => {
    const name = "key" in change ? `${change.state} ${change.of} ${change.key}` : change.target;
    const own = quiet.get(name);
    if (!own) return say(name, change);
    const isLeftAloneNow = change.restMs > 0 && own.told.restMs === 0;
    own.latest = isLeftAloneNow ? undefined : change;
    if (!isLeftAloneNow) return;
    own.told = change;
    tell(change);
  };
}
