import type { Model } from "../api/models.ts";
import type { Family } from "../telemetry/exposition.ts";
import type { HealthReport } from "./health.ts";
import type { LimitLoad } from "./limits.ts";

/**
 * How targets are at this moment, as far as this process has called them.
 * @param isKnown whether a target may be told by its name: what clients make up may not.
 */
export function targetGauges({ targets: all, keys }: HealthReport, isKnown: (target: string) => boolean): Family[] {
  const targets = all.filter(({ target }) => isKnown(target));
  return [
    {
      ...gauge("target_open", "1 while a target is left alone, because it failed too often.", targets, (one) => [
        { target: one.target },
        one.state === "ok" ? 0 : 1,
      ]),
      across: "max",
    },
    gauge("target_running", "Calls of a target that are under way.", targets, (one) => [
      { target: one.target },
      one.running,
    ]),
    {
      ...gauge("keys_resting", "Keys that are left alone, by why.", restingKeys(keys), (one) => one),
      across: "max",
    },
  ];
}

/** How busy the limits are at this moment. */
export function limitGauges(limits: readonly LimitLoad[]): Family[] {
  return [
    gauge("limit_running", "Calls that run within a limit.", limits, (one) => [{ of: one.of }, one.running]),
    gauge("limit_queued", "Calls that wait behind a limit.", limits, (one) => [{ of: one.of }, one.queued]),
    gauge("limit_max", "How many calls a limit lets run.", limits, (one) => [{ of: one.of }, one.limit]),
  ];
}

/** @param models of this machine. */
export function localModelGauges(models: readonly Model[]): Family[] {
  const loaded = models.filter(({ id, omniport }) => !id.startsWith("local/") && omniport?.state === "loaded");
  return [
    gauge("local_model_memory_bytes", "What a local model in memory takes, about.", loaded, (one) => [
      { model: one.id },
      one.omniport?.memory_bytes ?? 0,
    ]),
    gauge("local_model_calls", "Calls that use a local model, or wait for it.", loaded, (one) => [
      { model: one.id },
      one.omniport?.calls ?? 0,
    ]),
  ];
}

function gauge<T>(
  name: string,
  help: string,
  all: readonly T[],
  sample: (one: T) => readonly [labels: Readonly<Record<string, string>>, value: number],
): Family {
  const samples = all.map((one) => {
    const [labels, value] = sample(one);
    return { labels, value };
  });
  return { name: `omniport_${name}`, help, type: "gauge", samples };
}

function restingKeys(keys: HealthReport["keys"]): readonly (readonly [Readonly<Record<string, string>>, number])[] {
  const states = ["limited", "refused"] as const;
  return states.map((why) => [{ why }, keys.filter(({ state }) => state === why).length] as const);
}
