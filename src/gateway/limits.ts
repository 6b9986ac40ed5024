import {
  bothOf,
  createLimit,
  type Limit,
  type LimitSettings,
  type Load,
  type MeasuredLimit,
  NO_LIMIT,
} from "./limit.ts";
import type { Target } from "./model.ts";

/** How many calls run at once; what is left out has no limit. */
export interface LimitsSettings {
  readonly ofAll?: number;
  /** By the provider's name. */
  readonly ofProviders: ReadonlyMap<string, number>;
  /** Behind each limit. */
  readonly queue: Omit<LimitSettings, "running">;
}

export interface Limits {
  /** For every call. */
  readonly ofAll: Limit;
  /** For each attempt: the limits of the model and of its provider. */
  of(target: Target): Limit;
  /** How busy the limits are that were looked at so far. */
  report(): readonly LimitLoad[];
}

export interface LimitLoad extends Load {
  /** A model, a provider, or `this server`. */
  readonly of: string;
  /** How many may run. */
  readonly limit: number;
}

/** Everybody may run. */
export const NO_LIMITS: Limits = { ofAll: NO_LIMIT, of: () => NO_LIMIT, report: () => [] };

/** @param makeLimit in this process, unless told otherwise. */
export function createLimits(
  { ofAll, ofProviders, queue }: LimitsSettings,
  makeLimit: typeof createLimit = createLimit,
): Limits {
  const named = createNamedLimits(queue, makeLimit);
  const limit = (of: string, running: number | undefined): Limit =>
    running === undefined ? NO_LIMIT : named.limit(of, running);

  return {
    ofAll: limit("this server", ofAll),
    of: ({ name, provider, maxRunning }) =>
      bothOf(limit(name, maxRunning), limit(provider.name, ofProviders.get(provider.name))),
    report: named.report,
  };
}

/** Limits that are made when they are first asked for: one a name of the configuration. */
export interface NamedLimits {
  limit(of: string, running: number): Limit;
  report(): readonly LimitLoad[];
}

export function createNamedLimits(queue: LimitsSettings["queue"], makeLimit: typeof createLimit): NamedLimits {
  const limits = new Map<string, MeasuredLimit & { readonly most: number }>();
  return {
    limit(of, running) {
      const known = limits.get(of) ?? { ...makeLimit(of, { running, ...queue }), most: running };
      limits.set(of, known);
      return known;
    },
    report: () => [...limits].map(([of, { most, load }]) => ({ of, limit: most, ...load() })),
  };
}
