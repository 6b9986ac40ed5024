import type { GatewayHealth } from "../commons.ts";
import type { HealthReport, KeyHealth, TargetHealth } from "../gateway/health.ts";
import type { LimitLoad } from "../gateway/limits.ts";

/** The reports of all workers as one; limits are known in one place. */
export function mergedHealth(reports: readonly HealthReport[], limits: readonly LimitLoad[]): GatewayHealth {
  const targets = Map.groupBy(
    reports.flatMap(({ targets }) => targets),
    ({ target }) => target,
  );
  const keys = Map.groupBy(
    reports.flatMap(({ keys }) => keys),
    ({ of, key, state }) => `${state} ${of} ${key}`,
  );
  return {
    targets: [...targets.values()].flatMap(oneTarget),
    keys: [...keys.values()].flatMap((same) => longest<KeyHealth>(same)),
    limits,
  };
}

/** It is as whoever leaves it alone for longest has it; calls under way are those of all. */
function oneTarget(same: readonly TargetHealth[]): readonly TargetHealth[] {
  const measured = same.flatMap(({ latencyMs }) => latencyMs ?? []);
  const lastFailure = same.find((one) => one.lastFailure !== undefined)?.lastFailure;
  return longest(same).map((one) => ({
    ...one,
    running: sum(same.map(({ running }) => running)),
    ...(measured.length > 0 && { latencyMs: Math.round(sum(measured) / measured.length) }),
    ...(lastFailure !== undefined && { lastFailure }),
  }));
}

function longest<T extends { readonly restMs?: number }>(same: readonly T[]): readonly T[] {
  return same.toSorted((a, b) => (b.restMs ?? 0) - (a.restMs ?? 0)).slice(0, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
