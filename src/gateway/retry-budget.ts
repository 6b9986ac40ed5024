/** Keeps retries a small share of the calls, so that an outage is not made worse by those who wait for its end. */
export interface RetryBudget {
  /** A call was made that is no retry. */
  called(provider: string): void;
  /** Whether one more retry may be made; if so, it counts as made. */
  take(provider: string): boolean;
}

/** What each call adds: one retry for every five calls. */
const SHARE = 0.2;
/** So that a server with few calls may retry, too. */
const FLOOR_PER_SECOND = 1;
const MAX_SAVED = 20;

interface Account {
  retries: number;
  at: number;
}

/**
 * A token bucket for each provider.
 * Source: https://sre.google/sre-book/handling-overload/ ("client-side retry budget")
 *
 * @param now in milliseconds.
 */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  const accounts = new Map<string, Account>(); // one a configured provider

  const account = (provider: string): Account => {
    const found = accounts.get(provider) ?? { retries: MAX_SAVED, at: now() };
    const seconds = (now() - found.at) / 1000;
    const fresh = { retries: Math.min(MAX_SAVED, found.retries + seconds * FLOOR_PER_SECOND), at: now() };
    accounts.set(provider, fresh);
    return fresh;
  };

  return {
    called(provider) {
      const open = account(provider);
      open.retries = Math.min(MAX_SAVED, open.retries + SHARE);
    },
    take(provider) {
      const open = account(provider);
      if (open.retries < 1) return false;
      open.retries -= 1;
      return true;
    },
  };
}
