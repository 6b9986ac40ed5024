import { createSessions, type Sessions } from "./access/sessions.ts";
import type { ToolState } from "./api/tool-state.ts";
import type { Config } from "./config.ts";
import { type Activities, createActivities } from "./engine/activities.ts";
import { createEngineChild } from "./engine-child.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { createHealth, type Health } from "./gateway/health.ts";
import { createLimits, type Limits } from "./gateway/limits.ts";
import { createRetryBudget, type RetryBudget } from "./gateway/retry-budget.ts";
import { createMemoryToolState } from "./store/tool-state.ts";
import type { Traffic } from "./store/traffic/traffic.ts";
import type { Family } from "./telemetry/exposition.ts";
import type { Log } from "./telemetry/log.ts";
import { type Child, createChild } from "./upstream/child.ts";

/** What the gateway processes of one server have in common. Where there is only one, all is its own. */
export interface Commons {
  /** Whether all listen on the same port, and the system shares connections out. */
  readonly sharesPort: boolean;
  /** Resolves when all are ready to listen: the first would get all connections of clients that wait for a server. */
  ready(): Promise<void>;
  readonly engine: Child;
  /** What the engine has told. */
  readonly activities: Activities;
  readonly health: Health;
  readonly limits: Limits;
  readonly retryBudget: RetryBudget;
  readonly toolState: ToolState;
  readonly sessions: Sessions;
  /** From what can be seen of this process's calls to what can be seen of all. */
  join(own: Observed): Observed;
}

/** What can be seen of calls. */
export interface Observed {
  /** What has been counted, and what the process takes. */
  families(): Promise<readonly Family[]>;
  /** How those who were called are doing, and how busy the limits are. */
  health(): Promise<GatewayHealth>;
  /** Undefined where calls are not recorded. */
  readonly traffic: Traffic | undefined;
}

export type GatewayHealth = ReturnType<Gateway["health"]>;

/** Those of the only process. */
export function ownCommons(config: Config, log: Log): Commons {
  const activities = createActivities();
  const engine = createEngineChild(config, log, { onEnd: activities.clear, onActivity: activities.tell });
  return {
    sharesPort: false,
    ready: async () => undefined,
    engine: createChild(engine),
    activities,
    health: createHealth(),
    limits: createLimits(config.limits),
    retryBudget: createRetryBudget(),
    toolState: createMemoryToolState(),
    sessions: createSessions(),
    join: (own) => own,
  };
}
