import type { ApiError } from "../api/error.ts";
import { failureOf } from "./failure.ts";
import type { Target } from "./model.ts";

/** Who is left besides the target that is asked now. */
export interface Others {
  /** Anybody, if only with another key. */
  readonly areLeft: boolean;
  /** Another model or service. */
  readonly canStandIn: boolean;
}

export function othersThan(target: Target, left: readonly Target[]): Others {
  return { areLeft: left.length > 1, canStandIn: left.some(({ name }) => name !== target.name) };
}

/**
 * Who may help after this failure. A service that is dead is not asked again with another key.
 * @param rerouteRefusals whether what one provider's rules forbid is asked of the next one.
 */
export function whoElse(
  targets: readonly Target[],
  failed: Target,
  error: ApiError,
  rerouteRefusals: boolean,
): readonly Target[] {
  const others = targets.filter(({ name }) => name !== failed.name);
  switch (failureOf(error)) {
    case "fault":
    case "slow":
    case "missing":
      return others;
    case "limited":
    case "key":
      return targets.filter((target) => target !== failed);
    case "too_long":
      return others.filter(({ contextTokens }) => (contextTokens ?? Infinity) > (failed.contextTokens ?? 0));
    case "policy":
      return rerouteRefusals ? others : [];
    case "wrong":
      break;
  }
  return [];
}
