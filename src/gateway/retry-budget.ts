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
/** A process among many has so much at least: less would be no retry at all. */
const MIN_SAVED = 2;

interface Account {
  retries: number;
  at: number;
}

/**
 * A token bucket for each provider.
 * Source: https://sre.google/sre-book/handling-overload/ ("client-side retry budget")
 *
 * @param now in milliseconds.
 * @param processes how many have a budget of their own for the same providers: what does not grow with the calls is shared out.
 */
export function createRetryBudget(now: () => number = () => performance.now(), processes = 1): RetryBudget {
  const maxSaved = Math.max(MIN_SAVED, MAX_SAVED / processes);
  const perSecond = FLOOR_PER_SECOND / processes;
  const accounts = new Map<string, Account>(); // one a configured provider

  const account = (provider: string): Account => {
    const at = now();
    const found = accounts.get(provider);
    if (!found) {
      const fresh = { retries: maxSaved, at };
      accounts.set(provider, fresh);
      return fresh;
    }
    found.retries = Math.min(maxSaved, found.retries + ((at - found.at) / 1000) * perSecond);
    found.at = at;
    return found;
  };

  return {
    called(provider) {
      const open = account(provider);
      open.retries = Math.min(maxSaved, open.retries + SHARE);
    },
    take(provider) {
      const open = account(provider);
      if (open.retries < 1) return false;
      open.retries -= 1;
      return true;
    },
  };
}
