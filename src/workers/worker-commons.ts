import { createSessions } from "../access/sessions.ts";
import type { ToolState } from "../api/tool-state.ts";
import type { Commons, GatewayHealth, Observed } from "../commons.ts";
import { createActivities } from "../engine/activities.ts";
import { createHealth } from "../gateway/health.ts";
import { createLimits } from "../gateway/limits.ts";
import { createRetryBudget } from "../gateway/retry-budget.ts";
import type { Traffic } from "../store/traffic/traffic.ts";
import { createMemoryToolState } from "../store/tool-state.ts";
import type { Family } from "../telemetry/exposition.ts";
import { createChild } from "../upstream/child.ts";
import { engineAtPrimary } from "./engine.ts";
import { createHealthNews } from "./health-news.ts";
import { createWorkerLive, type WorkerLive } from "./live.ts";
import type { AboutCalls, LineToPrimary, PrimaryNews, WorkerSettings } from "./messages.ts";
import { limitAtPrimary } from "./turns.ts";

/** A worker's part in what all have in common. */
export interface WorkerCommons extends Commons {
  /** What the primary asks about this worker's calls. */
  answer(question: AboutCalls): Promise<unknown>;
  hear(news: PrimaryNews): void;
}

export function createWorkerCommons(settings: WorkerSettings, line: LineToPrimary): WorkerCommons {
  const activities = createActivities();
  const engine = engineAtPrimary(line);
  const health = createHealth(
    undefined,
    createHealthNews((change) => line.tell({ about: "health", change })),
  );
  const sessions = createSessions({ secret: settings.sessionSecret });
  let own: Observed | undefined;
  let live: WorkerLive | undefined;
  let isWatched = false;

  return {
    sharesPort: settings.sharesPort,
    ready: () => line.ask({ about: "ready" }),
    engine: createChild(engine),
    activities,
    health,
    limits: { ...createLimits(settings.config.limits, limitAtPrimary(line)), report: () => [] },
    retryBudget: createRetryBudget(undefined, settings.workers),
    toolState: toolStateAtPrimary(line),
    sessions: {
      ...sessions,
      close(id) {
        sessions.close(id);
        line.tell({ about: "session_closed", id });
      },
    },

    join(observed) {
      own = observed;
      const { traffic } = observed;
      live = traffic && createWorkerLive(traffic.live, line);
      live?.setWatched(isWatched);
      return {
        families: () => line.ask<readonly Family[]>({ about: "families" }),
        health: () => line.ask<GatewayHealth>({ about: "health" }),
        traffic: traffic && live && { ...trafficOfAll(traffic, line), live: live.live },
      };
    },

    async answer({ about }) {
      switch (about) {
        case "families":
          return own?.families();
        case "health":
          return own?.health();
        case "flush":
          break;
      }
      return own?.traffic?.flush();
    },

    hear(news) {
      switch (news.about) {
        case "activity":
          return activities.tell(news.activity);
        case "engine_started":
          return engine.started(news.socketPath);
        case "engine_ended":
          activities.clear();
          return engine.ended();
        case "health":
          return health.adopt(news.change);
        case "session_closed":
          return sessions.close(news.id);
        case "watched":
          isWatched = news.isWatched;
          return live?.setWatched(isWatched);
        case "calls":
          return live?.tell(news.calls);
        case "stop":
          break; // which is for the process
      }
    },
  };
}

/** All write into one file: what the others have not written yet is written before it is read. */
function trafficOfAll(own: Traffic, line: LineToPrimary): Traffic {
  const afterFlush = async <Value>(read: () => Promise<Value>): Promise<Value> => {
    await line.ask({ about: "flush" });
    return read();
  };
  return {
    ...own,
    calls: (query) => afterFlush(() => own.calls(query)),
    call: (requestId) => afterFlush(() => own.call(requestId)),
    stats: (span) => afterFlush(() => own.stats(span)),
  };
}

/** The next turn of a conversation may come to another worker. */
function toolStateAtPrimary(line: LineToPrimary): ToolState {
  const own = createMemoryToolState();
  return {
    async load(ids) {
      const known = await own.load(ids);
      const unknown = ids.filter((id) => !known.has(id));
      if (unknown.length === 0) return known;
      const others = await line.ask<readonly (readonly [string, unknown])[]>({ about: "tool_states", ids: unknown });
      return new Map([...known, ...others]);
    },
    save(id, state) {
      own.save(id, state);
      line.tell({ about: "tool_state", id, state });
    },
  };
}
