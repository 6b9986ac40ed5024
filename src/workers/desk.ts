import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Config } from "../config.ts";
import { createEngineChild } from "../engine-child.ts";
import { createActivities } from "../engine/activities.ts";
import type { HealthReport } from "../gateway/health.ts";
import { createMemoryToolState } from "../store/tool-state.ts";
import type { Family } from "../telemetry/exposition.ts";
import type { Log } from "../telemetry/log.ts";
import { merged } from "../telemetry/merged.ts";
import type { RunningChild } from "../upstream/child.ts";
import { createLine } from "./line.ts";
import { mergedHealth } from "./merged-health.ts";
import type { AboutCalls, LineToWorker, PrimaryNews, WorkerNews, WorkerQuestion } from "./messages.ts";
import { createTurns, type WorkerTurns } from "./turns.ts";

/** Where the primary keeps what all workers have in common. */
export interface Desk {
  readonly sessionSecret: Uint8Array;
  /** What a new worker has to know of what was told before. */
  news(): readonly PrimaryNews[];
  seat(send: (message: object) => void, onNews: (news: WorkerNews) => void): Seat;
  /** Ends the engine. */
  close(): Promise<void>;
}

/** One worker's place. */
export interface Seat {
  /** Takes what the worker sends. */
  receive(message: unknown): void;
  tell(news: PrimaryNews): void;
  /** The worker has ended. */
  leave(): void;
}

/** Who is too busy to answer within this time is not waited for. */
const ANSWER_TIMEOUT_MS = 2_000;
/** As many as a worker keeps. */
const MAX_CLOSED_SESSIONS = 1_000;

interface Occupied {
  readonly line: LineToWorker;
  readonly turns: WorkerTurns;
  isWatching: boolean;
  /** What was counted when somebody asked last. */
  families: readonly Family[];
}

export function createDesk(config: Config, log: Log): Desk {
  const seats = new Set<Occupied>(); // one a worker
  const activities = createActivities();
  const toolState = createMemoryToolState();
  const turns = createTurns(config.limits.queue);
  const closedSessions = new LRUCache<string, true>({ max: MAX_CLOSED_SESSIONS });
  const ready = Promise.withResolvers<void>();
  let readyWorkers = 0;
  let engineSocket: string | undefined;
  let engineChild: RunningChild | undefined;
  let isWatched = false;
  /** What workers had counted that have ended: a counter never falls. */
  let retired: readonly Family[] = [];

  const tellAll = (news: PrimaryNews, but?: Occupied): void => {
    for (const seat of seats) if (seat !== but) seat.line.tell(news);
  };

  const engine = createEngineChild(config, log, {
    onStart(socketPath) {
      engineSocket = socketPath;
      tellAll({ about: "engine_started", socketPath });
    },
    onEnd() {
      engineSocket = undefined;
      activities.clear();
      tellAll({ about: "engine_ended" });
    },
    onActivity(activity) {
      activities.tell(activity);
      tellAll({ about: "activity", activity });
    },
  });

  /** For all who wait for it: who gives up does not end the start. */
  const startEngine = async (): Promise<void> => {
    engineChild = await engine.running(new AbortController().signal);
  };

  /** What each worker answers; nothing of those that do not. */
  const askAll = async <Value>(
    question: AboutCalls,
    heard?: (seat: Occupied, value: Value) => void,
  ): Promise<Value[]> => {
    const answers = [...seats].map(async (seat): Promise<Value[]> => {
      const late = setTimeout(ANSWER_TIMEOUT_MS, undefined, { ref: false });
      const value = await Promise.race([seat.line.ask<Value>(question), late]).catch(() => undefined);
      if (value === undefined) return [];
      heard?.(seat, value);
      return [value];
    });
    return (await Promise.all(answers)).flat();
  };

  const families = async (): Promise<readonly Family[]> => {
    await askAll<readonly Family[]>({ about: "families" }, (seat, value) => (seat.families = value));
    return merged([...[...seats].map((seat) => seat.families), retired]);
  };

  const answer = async (seat: Occupied, question: WorkerQuestion): Promise<unknown> => {
    switch (question.about) {
      case "families":
        return families();
      case "health":
        return mergedHealth(await askAll<HealthReport>(question), turns.report());
      case "flush":
        await askAll(question);
        return undefined;
      case "ready":
        if (++readyWorkers >= config.server.workers) ready.resolve();
        return ready.promise;
      case "engine":
        return startEngine();
      case "turn":
        return seat.turns.take(question.turn);
      case "tool_states":
        break;
    }
    return [...(await toolState.load(question.ids))];
  };

  const watch = (): void => {
    const isNow = [...seats].some((seat) => seat.isWatching);
    if (isNow === isWatched) return;
    isWatched = isNow;
    tellAll({ about: "watched", isWatched });
  };

  const hear = (seat: Occupied, news: WorkerNews): void => {
    switch (news.about) {
      case "health":
        return tellAll(news, seat);
      case "session_closed":
        closedSessions.set(news.id, true);
        return tellAll(news, seat);
      case "calls":
        for (const other of seats) if (other.isWatching) other.line.tell(news);
        return;
      case "left":
        return seat.turns.leave(news.ticket);
      case "tool_state":
        return toolState.save(news.id, news.state);
      case "engine_answered":
        return engineChild?.answered();
      case "watching":
        seat.isWatching = news.isWatching;
        return watch();
      case "listening":
      case "failed":
        break; // which is for who has started it
    }
  };

  return {
    sessionSecret: randomBytes(32),

    news: () => [
      ...activities.all().map((activity) => ({ about: "activity", activity }) as const),
      ...[...closedSessions.keys()].map((id) => ({ about: "session_closed", id }) as const),
      ...(engineSocket === undefined ? [] : [{ about: "engine_started", socketPath: engineSocket } as const]),
      { about: "watched", isWatched },
    ],

    seat(send, onNews) {
      const line: LineToWorker = createLine<AboutCalls, PrimaryNews, WorkerQuestion, WorkerNews>({
        send,
        answer: (question) => answer(seat, question),
        hear(news) {
          hear(seat, news);
          onNews(news);
        },
      });
      const seat: Occupied = { line, turns: turns.forWorker(), isWatching: false, families: [] };
      seats.add(seat);
      return {
        receive: line.receive,
        tell: line.tell,
        leave() {
          seats.delete(seat);
          line.hangUp();
          seat.turns.leaveAll();
          retired = merged([retired, seat.families.filter(({ type }) => type !== "gauge")]);
          watch();
        },
      };
    },

    close: () => engine.close(),
  };
}
